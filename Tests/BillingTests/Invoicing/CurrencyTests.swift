import Billing
import JSON
import Testing

/// The table of currencies against ISO 4217 list one.
struct CurrencyTests {
    private let list: JSONNode

    init() throws { list = try JSONText.fixture("iso-4217.json") }

    private func node(_ member: String) throws -> JSONNode { try #require(list.member(member)) }

    @Test func everyCurrencyOfTheListHasItsMinorUnit() throws {
        var codes: Set<String> = []
        for unit in try node("minorUnits").children {
            for code in unit.children.map(\.string) {
                codes.insert(code)
                #expect(Currency(code: code)?.minorDigits == UInt8(unit.key), "\(code)")
            }
        }
        #expect(codes.count == 165)
        // Withdrawn in 2025 and 2026: usage of before may still be billed in them.
        for withdrawn in try #require(node("withdrawn").member("taken")).children {
            codes.insert(withdrawn.key)
            #expect(
                Currency(code: withdrawn.key)?.minorDigits == UInt8(withdrawn.string),
                "\(withdrawn.key)")
        }
        #expect(codes.sorted() == Currency.allCodes)
    }

    @Test func whatHasNoMinorUnitOrIsNoCodeIsRefused() throws {
        var codes = try node("withoutMinorUnit").children.map(\.string)
        codes += try #require(node("withdrawn").member("refused")).children.map(\.string)
        for code in codes + ["", "usd", "US", "USDX", " USD", "U\u{53}\u{301}D", "000"] {
            #expect(Currency(code: code) == nil, "\(code)")
        }
    }

    @Test(arguments: [
        ("JPY", "0.5", "1"), ("JPY", "0.499999999999", "0"), ("USD", "0.005", "0.01"),
        ("USD", "-0.005", "-0.01"), ("USD", "-0.0049", "0.00"), ("USD", "1", "1.00"),
        ("KWD", "0.0005", "0.001"), ("CLF", "0.00005", "0.0001"), ("ISK", "1.5", "2"),
    ])
    func roundsToTheMinorUnitHalfAwayFromZero(
        _ code: String, _ amount: String, _ rounded: String
    ) throws {
        let currency = try #require(Currency(code: code))
        #expect(try currency.rounded(Fraction(decimal(amount))).padded == rounded)
    }
}
