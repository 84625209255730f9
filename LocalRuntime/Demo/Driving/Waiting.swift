/// A thing that did not happen, or not in time.
struct NotHappened: Error, CustomStringConvertible {
    let description: String
}

/// Looks again and again until there is a value.
///
/// - Throws: `NotHappened` saying what was waited for, or what `look` throws.
func waitFor<Value>(
    _ what: String, within limit: Duration, _ look: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await look() { return value }
        guard ContinuousClock.now < deadline else {
            throw NotHappened(description: "\(what): not within \(limit)")
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
