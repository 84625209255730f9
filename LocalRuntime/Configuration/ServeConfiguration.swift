import Billing
import Curl
import FunctionKit

/// What `serve` was told, flags and environment put together and checked.
struct ServeConfiguration: Sendable {
    let dataFile: String
    let host: String
    /// 0 takes any that is free.
    let port: Int
    /// The catalog to apply at the start, as JSON.
    let catalog: [UInt8]?
    /// Where a test clock starts; nil goes by the wall clock.
    let clock: Instant?
    let runtime: RuntimeConfiguration
    /// What the store may take; nil for its own default.
    let memoryBytes: Int?
    /// Written once requests are accepted.
    let portFile: String?

    static let defaultDataFile = "tallystick.db"
    static let defaultHost = "127.0.0.1"
    static let defaultPort = 8080

    /// - Throws: `SettingError` or `Problem`.
    init(_ flags: ServeFlags, _ setting: Setting) throws {
        dataFile = setting.text(flags.data, "DATA") ?? Self.defaultDataFile
        host = setting.text(flags.host, "HOST") ?? Self.defaultHost
        port = try setting.integer(flags.port, "PORT", in: 0...65_535) ?? Self.defaultPort
        portFile = setting.text(flags.portFile, "PORT_FILE")
        catalog = try setting.text(flags.catalog, "CATALOG").map(TextFile.json)
        runtime =
            try setting.text(flags.config, "CONFIG").map(RuntimeConfiguration.read) ?? .standard
        memoryBytes = try setting.bytes(memory: flags.memory)
        clock = try setting.text(flags.clock, "CLOCK").map(Self.instant)
    }

    /// Without a key, whoever reaches the port may do everything.
    ///
    /// - Throws: `SettingError` where others than this machine's own would.
    func requireLoopbackWithoutKeys(_ hasKeys: Bool) throws(SettingError) {
        guard hasKeys || Self.isLoopback(host) else {
            throw SettingError(
                "--host \(host) would let others in, and there are no API keys: create one with "
                    + "`tallystick keys create`, or listen on a loopback address (127.0.0.1, ::1 or "
                    + "localhost)")
        }
    }

    private static func instant(_ text: String) throws(SettingError) -> Instant {
        guard let instant = Instant(rfc3339: text) else {
            throw SettingError(
                "--clock must be an RFC 3339 instant like 2026-01-01T00:00:00Z, not \"\(text)\"")
        }
        return instant
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }
}

/// The flags of `serve` as they were typed.
struct ServeFlags: Sendable {
    var data: String?
    var host: String?
    var port: Int?
    var catalog: String?
    var clock: String?
    var config: String?
    var memory: String?
    var portFile: String?
}
