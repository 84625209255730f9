import Billing
import CAllocations
import Testing

/// Folding an event asks for no memory: a day of ten million events leaves nothing to free.
struct FoldAllocationTests {
    /// Blocks that `body` asks for on this thread.
    private func allocations(_ body: () throws -> Void) rethrows -> UInt64 {
        let before = allocations_of_this_thread()
        try body()
        return allocations_of_this_thread() - before
    }

    /// Without this the tests below would prove nothing.
    @Test(.enabled(if: allocations_are_counted()))
    func anAllocationIsSeen() {
        var kept: [[Int]] = []
        #expect(allocations { kept.append([Int](repeating: 7, count: 100)) } >= 1)
        #expect(kept.count == 1)
    }

    @Test(.enabled(if: allocations_are_counted()))
    func aFoldAllocatesNothing() throws {
        let price = try JSONText.price(
            #"""
            {"model":"percentage","rate":"2.9","fixedFee":"0.30","freeEvents":2,"freeAmount":"25",
             "perTransactionMinimum":"0.50","perTransactionMaximum":"1"}
            """#)
        let percentage = try #require(price.percentage)
        let occurrence = Metering.record(1, .occurrence)
        let records = try ["10", "20.55", "3.125", "900", "-4", "0"].enumerated().map {
            let amount = try decimal($1)
            return (amount, Metering.record(Int64($0 + 1), .decimal(amount)))
        }
        var (count, sum, fees) = (Aggregate(), Aggregate(), TransactionFees())
        var accumulator = Accumulator(fees: TransactionFees())
        // The first round may set up what the run time needs once.
        for round in 0..<2 {
            for (amount, record) in records {
                let made = try allocations {
                    try count.fold(occurrence, isNewValue: false)
                    try sum.fold(record, isNewValue: false)
                    try fees.fold(amount, price: percentage)
                }
                let folded = try allocations {
                    try accumulator.check(amount, group: nil, percentage: percentage)
                    try accumulator.fold(record, percentage: percentage)
                }
                if round > 0 { #expect(made == 0 && folded == 0) }
            }
        }
        #expect(count.eventCount == 12)
        #expect(fees.chargedEvents > 0 && fees.freeEvents > 0 && fees.refundEvents > 0)
    }
}
