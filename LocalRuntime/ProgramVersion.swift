/// The version that `--version` prints and webhooks carry in their user agent.
enum ProgramVersion {
    static let current = "0.1.0"
}
