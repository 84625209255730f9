import Curl
import Foundation
import JSON
import Webhooks

/// The story: a server, customers, a month of usage, its end, the invoices.
struct Demo {
    private static let clock = "2026-01-01T00:00:00Z"
    private static let clockMicroseconds: Int64 = 1_767_225_600_000_000
    /// Past the month's end in every zone.
    private static let days = 32
    private static let webhookPatience = Duration.seconds(40)

    private let options: DemoOptions

    init(_ options: DemoOptions) { self.options = options }

    /// - Returns: every figure that is not as it should be.
    func run() async throws -> [String] {
        let folder = try TemporaryFolder()
        let begin = ContinuousClock.now
        do {
            let disagreements = try await run(in: folder)
            print("\nDone in \((ContinuousClock.now - begin).components.seconds) s.")
            close(folder)
            return disagreements
        } catch {
            close(folder)
            throw error
        }
    }

    /// Ends with where to look next.
    private func close(_ folder: TemporaryFolder) {
        let program = Program.built("tallystick")
        guard options.keepsData else {
            folder.remove()
            print(
                """

                Where to look next:
                  make demo ARGS=--keep-data   keeps the ledger and says how to ask it
                  LocalRuntime/Demo            this demo: its catalog, generator and recount
                  \(program) --help
                """)
            return
        }
        let data = folder.file("demo.db")
        print(
            """

            The ledger stays in \(data). Where to look next:
              \(program) invoke listInvoices --data \(data)
              \(program) invoke listWebhookDeliveries --data \(data)
              \(program) invoke queryUsage --data \(data) \\
                -d '{"subscriptionId": "gotham-api", "at": "2026-02-01T06:00:00Z"}'
              \(program) serve --data \(data) --clock 2026-02-02T00:00:00Z
            """)
    }

    private func run(in folder: TemporaryFolder) async throws -> [String] {
        let catalog = folder.file("sample-catalog.yaml")
        try Data(PackageResources.sample_catalog_yaml).write(to: URL(fileURLWithPath: catalog))
        let http = CurlClient(userAgent: "tallystick-demo")
        let server = try await Server.start(
            ["--data", folder.file("demo.db"), "--clock", Self.clock, "--catalog", catalog],
            environment: ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"], folder: folder, http: http)
        print("A server listens on \(server.url), its clock stands at \(Self.clock).")
        do {
            // The first invoice is refused once, to show that it comes again.
            let client = server.client
            let disagreements = try await WebhookReceiver.run(refusals: 1) { receiver, url in
                try await bill(client, receiver, url)
            }
            let end = await server.stop()
            guard end.status == 0, !end.isKilled else {
                return disagreements + ["the server ended with \(end.status): \(end.errors)"]
            }
            print("The server stopped on SIGTERM.")
            return disagreements
        } catch {
            await server.kill()
            throw error
        }
    }

    private func bill(
        _ client: FunctionClient, _ receiver: WebhookReceiver, _ url: String
    ) async throws -> [String] {
        let setup = DemoSetup(client: client)
        try await setup.connect(receiver, url)
        try await setup.createCustomers()

        var generator = UsageGenerator(seed: options.seed)
        let records = generator.records(of: DemoCustomer.all)
        print("\nFeeding \(records.count) events of January 2026 (seed \(options.seed)) ...")
        let begin = ContinuousClock.now
        var feed = Feed(client, seed: options.seed)
        try await feed.run(records, from: Self.clockMicroseconds, days: Self.days)
        let seconds = (ContinuousClock.now - begin).components.seconds
        print("The clock passed the month's end in every zone; that took \(seconds) s.")

        var checks = DemoChecks(client: client, records: records)
        checks.ingest(feed)
        try await checks.invoices()
        try await checks.repeats()
        try await checks.webhooks(receiver, within: Self.webhookPatience)
        checks.conclude()
        return checks.disagreements
    }
}
