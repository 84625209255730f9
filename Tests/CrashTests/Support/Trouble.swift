import FaultDisk
import TestRandom

/// What goes wrong in a run.
enum Trouble: Sendable {
    case none
    /// The power goes now and then, at random changes.
    case crashes
    /// The power goes once, at a change of the script's.
    case crash(at: Int64, Disk.Survival)
    /// One change fails, once.
    case failure(at: Int64, Disk.Failure)
}

/// The run found something that must not be.
struct Disagreement: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// - Throws: `Disagreement` where the two are not equal.
func expect<Value: Equatable>(
    _ found: Value, equals expected: Value, _ what: @autoclosure () -> String
) throws(Disagreement) {
    if found != expected {
        throw Disagreement("\(what()): found \(found), and it must be \(expected)")
    }
}
