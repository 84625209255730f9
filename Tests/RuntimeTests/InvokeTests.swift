import Testing

@testable import tallystick_demo

@Suite("tallystick invoke", .timeLimit(.minutes(2)))
struct InvokeTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func invoke(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> Program.Result {
        try await bench.run(["invoke"] + arguments, environment: environment, input: input)
    }

    @Test("on a file, without a server: from the catalog to the invoice")
    func file() async throws {
        let data = bench.folder.file("a.db")
        let price = #"{"model":"perUnit","unitAmount":0.0000025}"#
        let catalog = try bench.folder.write(
            """
            {"meters":[{"key":"calls","eventName":"call","aggregation":"count"}],
             "plans":[{"key":"basic","name":"Basic","currency":"USD",
              "billingPeriod":{"interval":"month"},
              "charges":[{"key":"calls","name":"Calls","type":"usage","meter":"calls",
               "price":\(price)}]}]}
            """, to: "catalog.json")
        let calls: [[String]] = [
            ["applyCatalog", "-d", "@\(catalog)"],
            ["upsertCustomer", "-d", #"{"id":"acme","timezone":"UTC"}"#],
            ["closePeriod"],
        ]
        for call in calls {
            let outcome = try await invoke(call + ["--data", data])
            #expect(outcome.code == 0, "\(call): \(outcome.errors)")
        }
        let created = try await invoke(
            ["createSubscription", "-d", "-"],
            input: """
                {"id":"s","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z",
                 "endsAt":"2026-02-01T00:00:00Z"}
                """, environment: ["TALLYSTICK_DATA": data])
        #expect(created.code == 0, "\(created.errors)")
        let closed = try await invoke(["closePeriod", "--data", data])
        #expect(closed.output.contains(#""more":false"#))
        let invoices = try await invoke(["listInvoices", "--data", data])
        #expect(invoices.output.contains(#""number":"INV-000001""#))
        #expect(invoices.output.hasSuffix("\n"))
    }

    @Test("on a server, the same answers and the same problems")
    func server() async throws {
        let server = try await bench.serve(bench.folder.file("a.db"))
        let customer = try await invoke(
            ["upsertCustomer", "--url", server.url + "/", "-d", #"{"id":"a","timezone":"UTC"}"#])
        #expect(customer.code == 0)
        #expect(customer.output.contains(#""id":"a""#))
        let problem = try await invoke(
            ["upsertCustomer", "-d", #"{"id":"a","timezone":"Mars/Base"}"#],
            environment: ["TALLYSTICK_URL": server.url])
        #expect(problem.code == 1)
        #expect(problem.output.isEmpty)
        #expect(problem.errors.contains(#""pointer":"/timezone""#))
        let file = try await invoke(["closePeriod", "--data", bench.folder.file("a.db")])
        #expect(file.code == 1)
        #expect(file.errors.contains("in use: use --url"))
        await server.end()
        let gone = try await invoke(["closePeriod", "--url", server.url])
        #expect(gone.code == 1)
        #expect(gone.errors.contains("cannot be reached"))
    }

    @Test(
        "calls that fail",
        arguments: [
            (["nothing"], "urn:tallystick:problem:unknown-function"),
            (["closePeriod", "-d", "{"], "urn:tallystick:problem:malformed-json"),
            (["closePeriod", "-d", #"{"a":1}"#], "urn:tallystick:problem:invalid-request"),
            (["closePeriod", "-d", "@/nowhere"], "cannot be read"),
        ])
    func failures(arguments: [String], reason: String) async throws {
        let outcome = try await invoke(arguments + ["--data", bench.folder.file("a.db")])
        #expect(outcome.code == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    }
}
