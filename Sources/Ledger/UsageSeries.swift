package import Billing

/// Usage to add up event by event, by when it happened.
package struct SeriesQuery: Sendable {
    package enum Span: Sendable {
        /// The subscription's period that contains an instant.
        case period(Instant)
        case between(Range<Instant>)
    }

    package var subscriptionId: Identifier
    package var span: Span
    /// nil: the whole span is one window.
    package var window: UsageWindow?
    /// nil takes every meter that the plans of the span charge.
    package var meters: Set<String>?
    package var groupBy: [PropertyPath]

    package init(
        subscriptionId: Identifier, span: Span, window: UsageWindow? = nil,
        meters: Set<String>? = nil, groupBy: [PropertyPath] = []
    ) {
        self.subscriptionId = subscriptionId
        self.span = span
        self.window = window
        self.meters = meters
        self.groupBy = groupBy
    }
}

/// What happened in each window of a span.
///
/// Every event that bills, in this period or another, counts in the window in which it happened.
package struct UsageSeries: Sendable {
    package let subscriptionId: Identifier
    package let span: PeriodSpan
    package let windows: [Range<Instant>]
    /// In the order of the plans' charges.
    package let meters: [MeterSeries]
    /// The last record that is in these figures.
    package let asOfSequence: Int64

    package init(
        subscriptionId: Identifier, span: PeriodSpan, windows: [Range<Instant>],
        meters: [MeterSeries], asOfSequence: Int64
    ) {
        self.subscriptionId = subscriptionId
        self.span = span
        self.windows = windows
        self.meters = meters
        self.asOfSequence = asOfSequence
    }
}

/// What one meter has counted in each window.
package struct MeterSeries: Sendable {
    package let meter: Meter
    /// By the window's place; a window without an event has none.
    package let accumulators: [Int: Accumulator]

    package init(meter: Meter, accumulators: [Int: Accumulator]) {
        self.meter = meter
        self.accumulators = accumulators
    }
}
