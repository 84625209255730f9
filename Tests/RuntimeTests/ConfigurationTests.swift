import Billing
import Foundation
import FunctionKit
import JSON
import Testing

@testable import tallystick

@Suite("Flags, environment and files")
struct ConfigurationTests {
    private func configuration(
        _ flags: ServeFlags = ServeFlags(), _ environment: [String: String] = [:]
    ) throws -> ServeConfiguration {
        try ServeConfiguration(flags, Setting(environment: environment))
    }

    @Test("without flags and environment")
    func defaults() throws {
        let configuration = try configuration()
        #expect(configuration.dataFile == "tallystick.db")
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.clock == nil)
        #expect(configuration.catalog == nil)
        #expect(configuration.runtime.timers.map(\.schedule.description) == ["every PT1M"])
    }

    @Test(
        "sizes of memory",
        arguments: [
            ("64MiB", 64 << 20), ("2GiB", 2 << 30), ("131072KiB", 128 << 20),
            ("100000000", 100_000_000),
        ])
    func memory(_ text: String, _ bytes: Int) throws {
        #expect(try configuration(ServeFlags(memory: text)).memoryBytes == bytes)
        #expect(try configuration(ServeFlags(), ["TALLYSTICK_MEMORY": text]).memoryBytes == bytes)
    }

    @Test("flags win over the environment")
    func precedence() throws {
        let environment = [
            "TALLYSTICK_DATA": "env.db", "TALLYSTICK_PORT": "9000", "TALLYSTICK_HOST": "::1",
            "TALLYSTICK_CLOCK": "2026-01-01T01:00:00+01:00", "TALLYSTICK_PORT_FILE": "",
        ]
        let fromEnvironment = try configuration(ServeFlags(), environment)
        #expect(fromEnvironment.dataFile == "env.db")
        #expect(fromEnvironment.port == 9000)
        #expect(fromEnvironment.host == "::1")
        #expect(fromEnvironment.clock?.description == "2026-01-01T00:00:00Z")
        #expect(fromEnvironment.portFile == nil)
        let flags = ServeFlags(data: "flag.db", host: "localhost", port: 0)
        let fromFlags = try configuration(flags, environment)
        #expect(fromFlags.dataFile == "flag.db")
        #expect(fromFlags.port == 0)
        #expect(fromFlags.host == "localhost")
    }

    @Test(
        "settings that make no sense",
        arguments: [
            ServeFlags(port: -1), ServeFlags(port: 65_536),
            ServeFlags(clock: "yesterday"), ServeFlags(catalog: "/nowhere/catalog.yaml"),
            ServeFlags(config: "/nowhere/config.yaml"), ServeFlags(memory: "63MiB"),
            ServeFlags(memory: "much"), ServeFlags(memory: "-1GiB"), ServeFlags(memory: "1.5GiB"),
            ServeFlags(memory: "9223372036854775807GiB"),
        ])
    func refused(_ flags: ServeFlags) {
        #expect(throws: SettingError.self) { try configuration(flags) }
    }

    @Test(
        "an address that others reach needs a key",
        arguments: [
            ("0.0.0.0", true), ("::", true), ("192.168.1.1", true), ("example.com", true),
            ("127.0.0.1", false), ("127.1.2.3", false), ("::1", false), ("localhost", false),
        ])
    func hosts(host: String, needsKey: Bool) throws {
        let configuration = try configuration(ServeFlags(host: host))
        try configuration.requireLoopbackWithoutKeys(true)
        guard needsKey else { return try configuration.requireLoopbackWithoutKeys(false) }
        #expect(throws: SettingError.self) { try configuration.requireLoopbackWithoutKeys(false) }
    }

    private func runtime(_ yaml: String) throws -> RuntimeConfiguration {
        try RuntimeConfiguration.read(json: YAMLText.json(yaml))
    }

    @Test("timers")
    func timers() throws {
        let configuration = try runtime(
            """
            timers:
              - {name: close, function: closePeriod, every: PT5M}
              - name: report
                function: queryUsage
                payload: {subscriptionId: acme, limit: 1.50}
                cron: "0 3 * * mon-fri"
                timezone: Europe/Zurich
            """)
        #expect(
            configuration.timers.map(\.schedule.description)
                == ["every PT5M", "cron 0 3 * * mon-fri Europe/Zurich"])
        #expect(
            configuration.timers.map { String(decoding: $0.payload, as: UTF8.self) }
                == ["{}", #"{"limit":1.5,"subscriptionId":"acme"}"#])
    }

    @Test("no timers at all, and none named", arguments: [("timers: []", 0), ("", 1)])
    func none(yaml: String, count: Int) throws {
        #expect(try runtime(yaml).timers.count == count)
    }

    @Test(
        "timers that make no sense name the field",
        arguments: [
            ("timer: []", "/timer"),
            ("timers: [{function: f, every: PT1M}]", "/timers/0/name"),
            ("timers: [{name: a, function: f}]", "/timers/0"),
            ("timers: [{name: a, function: f, every: PT1M, cron: '* * * * *'}]", "/timers/0"),
            ("timers: [{name: a, function: f, every: PT0.5S}]", "/timers/0/every"),
            ("timers: [{name: a, function: f, every: 5}]", "/timers/0/every"),
            ("timers: [{name: a, function: f, every: PT1M, timezone: UTC}]", "/timers/0/timezone"),
            ("timers: [{name: a, function: f, cron: '* * *'}]", "/timers/0/cron"),
            (
                "timers: [{name: a, function: f, cron: '* * * * *', timezone: Mars}]",
                "/timers/0/timezone"
            ),
            ("timers: [{name: a, function: f, every: PT1M, payload: 1}]", "/timers/0/payload"),
            (
                "timers: [{name: a, function: f, every: PT1M}, {name: a, function: g, every: PT1M}]",
                "/timers"
            ),
        ])
    func faults(yaml: String, pointer: String) throws {
        do {
            _ = try runtime(yaml)
            Issue.record("taken: \(yaml)")
        } catch let problem as Problem {
            #expect(problem.issues.map(\.pointer) == [pointer])
        }
    }
}
