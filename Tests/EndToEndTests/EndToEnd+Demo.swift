import Testing

@testable import tallystick_demo

extension EndToEnd {
    @Test("the demo's figures agree with its recount, for another month of usage too")
    func demo() async throws {
        try await Bench.run { bench in
            let end = try await Program.run(
                at: Program.built("tallystick-demo"), ["--seed", "7"], folder: bench.folder)
            #expect(end.status == 0, "\(end)")
            #expect(end.output.contains("Every figure agrees with an independent recount"))
        }
    }
}
