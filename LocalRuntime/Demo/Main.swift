import Foundation

/// Shows the whole job on real parts and checks every figure it prints.
@main
enum Main {
    static func main() async {
        guard let options = DemoOptions(Array(CommandLine.arguments.dropFirst())) else {
            print(DemoOptions.usage)
            exit(64)
        }
        do {
            let disagreements = try await Demo(options).run()
            guard disagreements.isEmpty else {
                print("\nTHE DEMO FAILED: \(disagreements.count) disagreement(s)")
                for disagreement in disagreements { print("  \(disagreement)") }
                exit(1)
            }
        } catch {
            print("\nTHE DEMO FAILED: \(error)")
            exit(1)
        }
    }
}
