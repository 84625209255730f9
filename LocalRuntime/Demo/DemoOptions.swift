/// What the demo was told.
struct DemoOptions {
    static let usage = """
        usage: tallystick-demo [--keep-data] [--seed NUMBER]

          --keep-data  leave the ledger's file where it is and say where
          --seed       another month of usage (default: 2026)
        """

    var keepsData = false
    var seed: UInt64 = 2026

    /// - Returns: nil for arguments that it does not know.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--keep-data": keepsData = true
            case "--seed":
                guard let seed = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
                self.seed = seed
            default: return nil
            }
        }
    }
}
