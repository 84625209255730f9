import Billing
import FunctionKit
import HTTPTypes
import JSON
import Ledger
import Testing

@testable import tallystick
@testable import tallystick_demo

@Suite("OpenAPI")
struct OpenAPITests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// The description of a server on a test clock, which has every function.
    private func description() async throws -> JSONNode {
        try await Wiring.with(
            bench.folder.file("a.db"), webhooks: WebhookWiring(Setting(environment: [:])),
            logger: silent
        ) { wiring in
            let clock = TestClock(Instant(seconds: 0))
            let dispatcher = Dispatcher(
                registry: wiring.functions, clock: clock, logger: silent)
            let engine = try await TimerEngine(
                [], dispatcher: dispatcher, ledger: wiring.ledger, dueWork: [:])
            let all = dispatcher.adding(AdvanceClock(clock: clock, engine: engine) {})
            let json = try OpenAPIDocument.json(of: all.registry)
            return try JSONDocument.parse(json).root
        }
    }

    @Test("each function is described, and nothing else")
    func functions() async throws {
        let paths = try #require(try await description().member("paths"))
        let described = try OpenAPIDocument.groups.flatMap { group in
            let json = try YAMLText.json(String(decoding: group, as: UTF8.self))
            return try JSONDocument.parse(json).root.member("functions")?.children.map(\.key) ?? []
        }
        let served = paths.children.map(\.key).filter { $0.hasPrefix("/functions/") }
        #expect(described.count == Set(described).count)
        #expect(Set(served) == Set(described.map { "/functions/" + $0 }))
        try await Wiring.with(
            bench.folder.file("b.db"), webhooks: WebhookWiring(Setting(environment: [:])),
            logger: silent
        ) { wiring in
            #expect(Set(described) == Set(wiring.functions.names + [AdvanceClock.name]))
        }
    }

    @Test("each path is answered by its methods, and each that is answered is described")
    func paths() async throws {
        let paths = try #require(try await description().member("paths"))
        var routes: [Route] = []
        for path in paths.children {
            let sample = path.key.replacing("{name}", with: "f").replacing("{id}", with: "i")
            let route = try #require(Route(sample), "\(path.key)")
            let methods = route.methods.map { $0.rawValue.lowercased() }.filter { $0 != "head" }
            #expect(path.children.map(\.key) == methods, "\(path.key)")
            routes.append(route)
        }
        let others: [Route] = [
            .lambda("f"), .invoice("i"), .health, .readiness, .metrics, .openAPI,
        ]
        for route in others { #expect(routes.contains(route), "\(route)") }
    }

    /// Where a closed set stands in the description, and what is in it.
    static let sets: [(pointer: String, values: [String])] = [
        (
            "Problem/properties/type",
            ProblemCode.allCases.map { "urn:tallystick:problem:" + $0.rawValue }
        ),
        ("Currency", Currency.allCodes),
        ("Scope", AccessScope.allCases.map(\.rawValue)),
        ("Aggregation", Aggregation.allCases.map(\.rawValue)),
        ("BillingPeriod/properties/interval", BillingPeriod.Interval.allCases.map(\.rawValue)),
        ("BillingPeriod/properties/anchor", BillingPeriod.Anchor.allCases.map(\.rawValue)),
        ("LateEventPolicy", LateEventPolicy.allCases.map(\.rawValue)),
        ("Plan/properties/lateEvents", LateEventPolicy.allCases.map(\.rawValue)),
        ("FlatCharge/properties/timing", FlatCharge.Timing.allCases.map(\.rawValue)),
        ("PackagePrice/properties/packageRounding", PackageRounding.allCases.map(\.rawValue)),
        ("UnitConfig/properties/operation", UnitConfig.Operation.allCases.map(\.rawValue)),
        ("UnitConfig/properties/rounding", UnitConfig.Rounding.allCases.map(\.rawValue)),
        ("ZeroUsageFlatFee", ZeroUsageFlatFee.allCases.map(\.rawValue)),
        ("InvoiceKind", InvoiceKind.allCases.map(\.rawValue)),
        ("Invoice/properties/status", InvoiceStatus.allCases.map(\.rawValue)),
        ("WebhookType", WebhookEventType.allCases.map(\.rawValue)),
        ("WebhookDelivery/properties/state", WebhookDelivery.State.allCases.map(\.rawValue)),
        (
            "WebhookEndpoint/properties/disabledBy",
            EndpointHealth.Disabling.allCases.map(\.rawValue)
        ),
        ("WindowUsage/properties/window", UsageWindow.allCases.map(\.rawValue)),
    ]

    @Test("closed sets are those of the code")
    func closedSets() async throws {
        let schemas = try #require(
            try await description().member("components")?.member("schemas"))
        for (pointer, values) in Self.sets {
            let schema = pointer.split(separator: "/").reduce(schemas as JSONNode?) { node, step in
                node?.member(String(step))
            }
            let described = try #require(schema?.member("enum"), "\(pointer)").children
            #expect(Set(described.filter { !$0.isNull }.map(\.string)) == Set(values), "\(pointer)")
        }
        let mapping = schemas.member("Price")?.member("discriminator")?.member("mapping")
        let models = try #require(mapping).children.map(\.key)
        #expect(Set(models) == Set(PriceModel.Kind.allCases.map(\.rawValue)))
        let filters = try #require(schemas.member("MeterFilter")?.member("anyOf")).children
        let operators = filters.flatMap { filter in
            filter.member("properties")?.member("operator")?.member("enum")?.children
                .map(\.string) ?? []
        }
        #expect(Set(operators) == Set(MeterFilter.Operator.allCases.map(\.rawValue)))
    }
}
