/// The bounds of webhook endpoints and of what is kept about deliveries.
package enum OutboxLimits {
    /// After so long without one success an endpoint is disabled.
    package static let endpointFailure = Duration.seconds(5 * 24 * 3_600)
    /// Two failures that are further apart do not belong together: while something fails, the next
    /// attempt comes after 24 h and a tenth of jitter at most, and the rest is for a runtime that is
    /// stopped meanwhile.
    package static let failureGap = Duration.seconds(48 * 3_600)
    /// Attempts of one delivery that are kept, the newest; a schedule makes ten.
    package static let attemptsKept = 20
    /// Bytes of an answer that are kept with its attempt.
    package static let answerBytes = 1_024
    /// Secrets of one endpoint that sign at once.
    package static let secretsPerEndpoint = 4
}
