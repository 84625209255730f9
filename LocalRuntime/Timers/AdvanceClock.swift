import Billing
import FunctionKit
import JSON

/// Moves the test clock forward and fires every timer due on the way; exists only with `--clock`.
struct AdvanceClock: Function {
    static let name = "advanceClock"

    let clock: TestClock
    let engine: TimerEngine
    /// Does what the timers' functions left to do: writes the invoices of closed periods.
    let finishWork: @Sendable () async throws -> Void

    struct Input: FunctionInput {
        let to: Instant

        init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let to = reader.required("to")?.instant()
            reader.refuseUnknown()
            guard let to else { return nil }
            self.to = to
        }
    }

    struct Output: JSONWritable {
        let now: Instant
        let fired: Int

        func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("now", now)
                writer.member("fired", fired)
            }
        }
    }

    func handle(_ input: Input, _ context: FunctionContext) async throws -> Output {
        let now = clock.now
        guard input.to >= now else {
            throw InvalidFields([
                FieldIssue(
                    pointer: "/to", detail: "is before the clock's \(now); it moves forward only",
                    severity: .meaningless)
            ])
        }
        let fired = try await engine.advance(clock, to: input.to, finishWork: finishWork)
        return Output(now: clock.now, fired: fired)
    }
}
