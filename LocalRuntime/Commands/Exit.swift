import ArgumentParser
import FunctionKit
import JSON

/// How a command ends that failed: the reason on the standard error, exit code 1.
enum Exit {
    /// Runs a command; a problem is printed as JSON, any other error as text.
    static func reporting<Value>(_ command: () async throws -> Value) async throws -> Value {
        do {
            return try await command()
        } catch let known as any ProblemConvertible {
            StandardError.write(known.problem.json + [UInt8(ascii: "\n")])
        } catch let remote as RemoteFailure {
            StandardError.write(line: remote.description)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            StandardError.write(line: "tallystick: \(error)")
        }
        throw ExitCode(1)
    }
}
