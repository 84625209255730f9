import ArgumentParser
import Foundation
import FunctionKit
import Functions

/// `tallystick keys`: who may call.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create, list and revoke API keys.",
        discussion: """
            Once there is a key, every call needs one: Authorization: Bearer tsk_…. With --url a
            running server goes by the change at once; the command itself sends the key that stands
            in TALLYSTICK_API_KEY, which must have the scope admin.

            EXAMPLES
              tallystick keys create operations --scope admin --data shop.db
              tallystick keys create web-shop --scope ingest --requests-per-second 500
              tallystick keys list --url http://127.0.0.1:8080
              tallystick keys revoke tsk_0123456789abcdef

            Without --data and --url: TALLYSTICK_URL, else TALLYSTICK_DATA, else tallystick.db.
            """,
        subcommands: [CreateKeyCommand.self, ListKeysCommand.self, RevokeKeyCommand.self])
}

/// `tallystick keys create`: prints the key, which nobody sees again.
struct CreateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a key; it is printed once.")

    @Argument(help: "What the key is for.")
    var name: String

    @Option(help: "ingest, read or admin, which is everything. Repeatable.")
    var scope: [String] = []

    @Option(help: "Requests a second that the key is good for. (default: any number)")
    var requestsPerSecond: Int?

    @OptionGroup var place: LedgerPlace

    func run() async throws {
        let setting = Setting()
        try await place.call(CreateKey.name, setting) {
            let scopes = scope.isEmpty ? setting.text(nil, "KEYS_SCOPE").map { [$0] } ?? [] : scope
            guard !scopes.isEmpty else {
                throw SettingError("say with --scope what the key allows: ingest, read or admin")
            }
            return CreateKey.request(
                name: name,
                scopes: scopes.flatMap { $0.split(separator: ",") }.map(String.init),
                requestsPerSecond: try setting.integer(
                    requestsPerSecond, "KEYS_REQUESTS_PER_SECOND",
                    in: Limits.requestsPerSecond))
        }
    }
}

/// `tallystick keys list`: a page of keys, oldest first.
struct ListKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the keys, a thousand a page, without their secrets.")

    @Option(help: "The nextCursor of the page before.")
    var cursor: String?

    @OptionGroup var place: LedgerPlace

    func run() async throws {
        let setting = Setting()
        try await place.call(ListKeys.name, setting) {
            ListKeys.request(cursor: setting.text(cursor, "KEYS_CURSOR"))
        }
    }
}

/// `tallystick keys revoke`: from then on no call is let through with the key.
struct RevokeKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a key, for good.")

    @Argument(help: "The key's id, tsk_ and 16 digits; the whole key is not needed.")
    var id: String

    @OptionGroup var place: LedgerPlace

    func run() async throws {
        try await place.call(RevokeKey.name, Setting()) { RevokeKey.request(id) }
    }
}

extension LedgerPlace {
    /// Calls a function and prints its result.
    fileprivate func call(_ function: String, _ setting: Setting, _ request: () throws -> [UInt8])
        async throws
    {
        let result = try await Exit.reporting {
            try await Invocation(data: data, url: url, setting).call(function, request())
        }
        FileHandle.standardOutput.write(Data(result + [UInt8(ascii: "\n")]))
    }
}
