import Billing
import LedgerScene
import Testing

@testable import LedgerSQLite

/// Who may attempt what.
@Suite struct DeliveryLeasesTests {
    private let leases = DeliveryLeases()
    private let now = Scene.start
    private var end: Instant { now + .seconds(60) }

    private func take(_ delivery: Int64, at instant: Instant? = nil) -> Bool {
        leases.take(
            delivery, of: identifier("books"), until: end, now: instant ?? now)
    }

    @Test func oneAtATimeHasALease() {
        leases.beginClaim()
        #expect(take(1))
        #expect(!take(1))
        #expect(!take(1, at: end + .seconds(-1)))
        // Whoever had it is lost.
        #expect(take(1, at: end))
        #expect(leases.count(of: identifier("books")) == 1)
        leases.endClaim()
        leases.end([1])
        #expect(leases.count(of: identifier("books")) == 0)
        #expect(take(1))
    }

    @Test func aClaimThatBeganBeforeALeaseEndedDoesNotGetIt() {
        leases.beginClaim()
        #expect(take(1))
        // What this claim reads may be from before the outcome was recorded.
        leases.beginClaim()
        leases.end([1])
        #expect(!take(1))
        leases.endClaim()
        leases.endClaim()
        leases.beginClaim()
        #expect(take(1))
    }
}
