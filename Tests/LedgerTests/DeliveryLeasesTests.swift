import Billing
import Ledger
import LedgerScene
import Testing

@testable import LedgerSQLite

/// Who may attempt what.
@Suite struct DeliveryLeasesTests {
    private let leases = DeliveryLeases()
    private let books = identifier("books")
    private let now = Scene.start
    private var end: Instant { now + .seconds(60) }

    private func take(
        _ delivery: Int64, of endpoint: String = "books", at instant: Instant? = nil
    ) -> DeliveryTicket? {
        leases.take(
            delivery, of: identifier(endpoint), until: end, now: instant ?? now
        ).map { DeliveryTicket(deliveryId: delivery, lease: $0) }
    }

    @Test func oneAtATimeHasALease() throws {
        leases.beginClaim()
        let first = try #require(take(1))
        #expect(take(1) == nil)
        #expect(take(1, at: end + .seconds(-1)) == nil)
        // Whoever had it is lost.
        let second = try #require(take(1, at: end))
        #expect(first != second)
        #expect(leases.count(of: books) == 1)
        leases.endClaim()
        // The lost one comes back: that is no longer its lease.
        #expect(!leases.begin(first, until: end, now: now))
        leases.end([first])
        #expect(leases.count(of: books) == 1)
        leases.end([second])
        #expect(leases.count(of: books) == 0)
        #expect(take(1) != nil)
    }

    @Test func anAttemptHasALeaseOfItsOwn() throws {
        let ticket = try #require(take(1))
        let last = end + .seconds(-1)
        #expect(leases.begin(ticket, until: last + .seconds(60), now: last))
        #expect(take(1, at: end) == nil)
        #expect(take(1, at: last + .seconds(60)) != nil)
    }

    @Test func whatWaitedBeyondItsLeaseIsNotBegun() throws {
        let ticket = try #require(take(1))
        #expect(!leases.begin(ticket, until: end + .seconds(60), now: end))
    }

    @Test func aClaimThatBeganBeforeALeaseEndedDoesNotGetIt() throws {
        leases.beginClaim()
        let ticket = try #require(take(1))
        // What this claim reads may be from before the outcome was recorded.
        leases.beginClaim()
        leases.end([ticket])
        #expect(take(1) == nil)
        leases.endClaim()
        leases.endClaim()
        leases.beginClaim()
        #expect(take(1) != nil)
    }

    @Test func aChangeOfAnEndpointEndsWhatHasNotBegunThere() throws {
        let waiting = try #require(take(1))
        let underWay = try #require(take(2))
        let elsewhere = try #require(take(3, of: "archive"))
        #expect(leases.begin(underWay, until: end, now: now))
        leases.revoke(of: books)
        #expect(!leases.begin(waiting, until: end, now: now))
        #expect(leases.begin(elsewhere, until: end, now: now))
        #expect(take(1) != nil)
        // Its attempt goes on, so nobody makes another.
        #expect(take(2) == nil)
        #expect(leases.count(of: books) == 2)
    }

    @Test func aClaimThatBeganBeforeAChangeGetsNothingThere() {
        leases.beginClaim()
        leases.revoke(of: books)
        #expect(take(1) == nil)
        #expect(take(2, of: "archive") != nil)
        leases.endClaim()
        leases.beginClaim()
        #expect(take(1) != nil)
    }
}
