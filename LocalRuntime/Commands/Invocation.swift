/// A call of a function, on a ledger's file or on a running server.
struct Invocation: Sendable {
    private let data: String?
    private let url: String?
    private let setting: Setting

    /// - Parameters:
    ///   - data: the ledger's file, as a flag named it.
    ///   - url: the server, as a flag named it. Without both: `TALLYSTICK_URL`, else
    ///     `TALLYSTICK_DATA`, else the file of `serve`.
    init(data: String?, url: String?, _ setting: Setting) {
        self.data = data
        self.url = url
        self.setting = setting
    }

    /// - Returns: the result's JSON.
    func call(_ function: String, _ body: [UInt8]) async throws -> [UInt8] {
        if let url = url ?? (data == nil ? setting.text(nil, "URL") : nil) {
            return try await RemoteInvocation(url: url, setting).call(function, body)
        }
        return try await LocalInvocation(
            dataFile: setting.text(data, "DATA") ?? ServeConfiguration.defaultDataFile,
            setting: setting
        ).call(function, body)
    }
}
