import BigInt
import Billing
import JSON
import TestRandom
import Testing

/// Percentage prices: the fold against a model that takes every transaction on its own.
struct TransactionFeesTests {
    static func percentage(_ json: String) throws -> (Price, PercentagePrice) {
        let price = try JSONText.price(json)
        guard case .percentage(let percentage) = price.model else {
            throw InvalidFields([])
        }
        return (price, percentage)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let options: String
        let amounts: [String]
        let fees: [String]

        init(_ name: String, _ options: String, _ amounts: [String], _ fees: [String]) {
            self.name = name
            self.options = options
            self.amounts = amounts
            self.fees = fees
        }

        var testDescription: String { name }
    }

    @Test(arguments: [
        Row("no allowance", #""fixedFee":"1""#, ["10", "0"], ["2", "1"]),
        Row(
            "a refund has fee 0, uses no free event and restores none",
            #""freeEvents":1,"fixedFee":"1""#, ["-5", "10", "-10", "10"], ["0", "0", "0", "2"]),
        Row(
            "a refund restores no free amount", #""freeAmount":"10""#, ["10", "-10", "10"],
            ["0", "0", "1"]),
        Row(
            "the allowance ends exactly at a transaction", #""freeAmount":"10","fixedFee":"1""#,
            ["10", "0"], ["0", "1"]),
        Row(
            "a crossing transaction pays its fixed fee and the rate above",
            #""freeAmount":"10","fixedFee":"1""#, ["4", "16", "1"], ["0", "2", "1.1"]),
        Row(
            "the events run out first", #""freeEvents":1,"freeAmount":"100""#, ["10", "10"],
            ["0", "1"]),
        Row(
            "an allowance of 0 is used up from the start", #""freeEvents":0,"freeAmount":"100""#,
            ["10"], ["1"]),
        Row(
            "bounds are those of the whole fee, the fixed part included",
            #""fixedFee":"1","perTransactionMinimum":"1.5","perTransactionMaximum":"3""#,
            ["1", "5", "20", "21", "0"], ["1.5", "1.5", "3", "3", "1.5"]),
        Row(
            "the minimum is not for free transactions",
            #""freeEvents":1,"perTransactionMinimum":"2""#, ["1", "1"], ["0", "2"]),
    ])
    func everyTransactionHasItsFee(_ row: Row) throws {
        let (price, _) = try Self.percentage(#"{"model":"percentage","rate":"10",\#(row.options)}"#)
        var before = Fraction.zero
        for count in 1...row.amounts.count {
            let amounts = try row.amounts.prefix(count).map(decimal)
            let total = try price.amount(price.usage(of: amounts))
            #expect(try total - before ~= Fraction(decimal(row.fees[count - 1])))
            before = total
        }
    }

    @Test(arguments: Seed.all)
    func theFoldAgreesWithAModelOfSingleTransactions(_ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<300 {
            let options = Self.randomOptions(&random)
            let (price, percentage) = try Self.percentage(options.json)
            var model = NaiveFees(options)
            var fees = TransactionFees()
            for _ in 0..<random.int(0...40) {
                let sign = random.chance(1, in: 8) ? "-" : ""
                let amount = sign + random.decimal(integerDigits: 4, fractionDigits: 3)
                try fees.fold(decimal(amount), price: percentage)
                model.take(try #require(BigDecimal(amount)))
                let quote = try price.quote(.transactions(fees))
                #expect(quote.unroundedAmount.isDecimal)
                #expect(BigDecimal(quote.unroundedAmount.numerator) == model.total)
                #expect(BigDecimal(try fees.volume) == model.volume)
            }
        }
    }

    @Test func whatWasSavedGoesOn() throws {
        let (_, percentage) = try Self.percentage(
            #"{"model":"percentage","rate":"3","freeAmount":"50","perTransactionMinimum":"1"}"#)
        var whole = TransactionFees()
        var resumed = TransactionFees()
        for text in ["20", "-3", "40", "7", "0.01"] {
            try whole.fold(decimal(text), price: percentage)
            try resumed.fold(decimal(text), price: percentage)
            resumed = TransactionFees(
                freeEvents: resumed.freeEvents, freeVolume: resumed.freeVolume,
                chargedEvents: resumed.chargedEvents, chargedVolume: resumed.chargedVolume,
                raisedBy: resumed.raisedBy, loweredBy: resumed.loweredBy,
                refundEvents: resumed.refundEvents, refundVolume: resumed.refundVolume)
        }
        #expect(whole == resumed)
        #expect(whole.refundEvents == 1)
        #expect(whole.freeVolume == ExactDecimal(50))
    }

    @Test func anOverflowChangesNothing() throws {
        let (_, percentage) = try Self.percentage(#"{"model":"percentage","rate":"1"}"#)
        let huge = ExactDecimal(mantissa: .max, scale: 0)
        var fees = TransactionFees(chargedEvents: 1, chargedVolume: huge)
        let before = fees
        #expect(throws: ArithmeticError.overflow) { try fees.fold(huge, price: percentage) }
        #expect(fees == before)
    }

    @Test func nothingCostsNothing() throws {
        let (price, _) = try Self.percentage(
            #"{"model":"percentage","rate":"1","fixedFee":"3","perTransactionMinimum":"5"}"#)
        #expect(try price.amount(.transactions(TransactionFees())).isZero)
        #expect(try price.amount(.quantity(.zero)).isZero)
        #expect(try price.amount(.quantity(Fraction(decimal("300")))) ~= Fraction(decimal("6")))
    }

    private static func randomOptions(_ random: inout SeededRandom) -> NaiveFees.Options {
        var options = NaiveFees.Options()
        options.rate = random.decimal(integerDigits: 2, fractionDigits: 3)
        if random.chance(1, in: 2) {
            options.fixedFee = random.decimal(integerDigits: 1, fractionDigits: 2)
        }
        if random.chance(1, in: 2) { options.freeEvents = random.int(0...10) }
        if random.chance(1, in: 2) {
            options.freeAmount = random.decimal(integerDigits: 4, fractionDigits: 1)
        }
        if random.chance(1, in: 2) {
            options.minimum = "0." + String(random.int(0...99))
        }
        if random.chance(1, in: 2) {
            options.maximum = "1" + random.decimal(integerDigits: 2, fractionDigits: 2)
        }
        return options
    }

    /// The state is as large and the breakdown as long after ten million payments as after ten.
    @Test func tenMillionPaymentsCloseAsTenDo() throws {
        let price = try JSONText.price(
            #"{"model":"percentage","rate":"2.9","fixedFee":"0.30","perTransactionMaximum":"1"}"#)
        func quote(_ count: Int, _ volume: Int, loweredBy: Int) throws -> Quote {
            try price.quote(
                .transactions(
                    TransactionFees(
                        chargedEvents: count, chargedVolume: ExactDecimal(volume),
                        loweredBy: ExactDecimal(loweredBy))))
        }
        let ten = try quote(10, 1_000, loweredBy: 3)
        let tenMillion = try quote(10_000_000, 1_000_000_000, loweredBy: 3_000_000)
        #expect(tenMillion.breakdown.count == ten.breakdown.count)
        #expect(try ten.unroundedAmount * ExactDecimal(1_000_000) ~= tenMillion.unroundedAmount)
    }
}

/// The contract's sentences, transaction by transaction, with unlimited digits.
struct NaiveFees {
    struct Options {
        var rate = "0"
        var fixedFee = "0"
        var freeEvents: Int?
        var freeAmount: String?
        var minimum: String?
        var maximum: String?

        var json: String {
            var members = [
                #""model":"percentage""#, #""rate":"\#(rate)""#, #""fixedFee":"\#(fixedFee)""#,
            ]
            if let freeEvents { members.append(#""freeEvents":\#(freeEvents)"#) }
            if let freeAmount { members.append(#""freeAmount":"\#(freeAmount)""#) }
            if let minimum { members.append(#""perTransactionMinimum":"\#(minimum)""#) }
            if let maximum { members.append(#""perTransactionMaximum":"\#(maximum)""#) }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private let options: Options
    private(set) var total = BigDecimal.zero
    private(set) var volume = BigDecimal.zero
    private var freeEventsLeft: Int?
    private var freeAmountLeft: BigDecimal?

    init(_ options: Options) {
        self.options = options
        freeEventsLeft = options.freeEvents
        freeAmountLeft = options.freeAmount.flatMap { BigDecimal($0) }
    }

    mutating func take(_ amount: BigDecimal) {
        volume = volume + amount
        guard amount >= .zero else { return }
        let charged = afterAllowance(amount)
        guard let charged else { return }
        let share = BigDecimal(options.rate) ?? .zero
        var fee = charged * share * BigDecimal(mantissa: 1, scale: 2)
        fee = fee + (BigDecimal(options.fixedFee) ?? .zero)
        if let minimum = options.minimum.flatMap({ BigDecimal($0) }) { fee = max(fee, minimum) }
        if let maximum = options.maximum.flatMap({ BigDecimal($0) }) { fee = min(fee, maximum) }
        total = total + fee
    }

    /// The part that pays, or nil for a free transaction.
    private mutating func afterAllowance(_ amount: BigDecimal) -> BigDecimal? {
        guard freeEventsLeft != nil || freeAmountLeft != nil else { return amount }
        if freeEventsLeft == 0 || freeAmountLeft == .zero { return amount }
        freeEventsLeft = freeEventsLeft.map { $0 - 1 }
        guard let left = freeAmountLeft else { return nil }
        freeAmountLeft = max(.zero, left - amount)
        return amount > left ? amount - left : nil
    }
}
