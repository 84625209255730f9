import ArgumentParser

/// The ledger that a command works on: a file, or a server's; `Invocation` knows what neither means.
struct LedgerPlace: ParsableArguments {
    @Option(help: "The ledger's file, which no server has open.")
    var data: String?

    @Option(help: "A running server, for example http://127.0.0.1:8080.")
    var url: String?

    func validate() throws {
        if data != nil, url != nil {
            throw ValidationError("Give either --data or --url: a file or a server.")
        }
    }
}
