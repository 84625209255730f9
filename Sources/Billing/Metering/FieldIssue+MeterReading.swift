package import JSON

extension FieldIssue {
    /// What is wrong with an event that `meter` matches and cannot read.
    package init(_ error: MeterReadingError, _ meter: Meter) {
        self.init(
            pointer: FieldPath.named(.member(.root, "properties"), error.property).pointer,
            detail: "\(error.detail) (meter \"\(meter.key)\")", severity: .meaningless)
    }
}
