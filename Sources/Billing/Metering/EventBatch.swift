package import JSON

/// The events of one request: the good ones, and what is wrong with the others.
///
/// All payloads stand in one array and all texts in the parsed document, so a batch allocates a
/// handful of times however many events it holds.
package struct EventBatch: Sendable {
    package let events: [UsageEvent]
    /// In the order of their index.
    package let faults: [EventFault]

    package var count: Int { events.count + faults.count }

    package init(events: [UsageEvent], faults: [EventFault] = []) {
        self.events = events
        self.faults = faults
    }

    /// Reads every event by itself: a bad one never fails its neighbours.
    ///
    /// - Parameter nodes: the events as they stand in the request; all of one document.
    package init(_ nodes: [JSONNode]) {
        var builder = Builder(capacity: nodes.count)
        for index in nodes.indices { builder.add(nodes[index], index) }
        self = builder.batch()
    }

    /// The same for a batch of any size: in turns with other tasks of its thread.
    package static func reading(_ nodes: [JSONNode]) async -> EventBatch {
        var builder = Builder(capacity: nodes.count)
        for index in nodes.indices {
            builder.add(nodes[index], index)
            await yield(after: index)
        }
        return builder.batch()
    }

    /// Lets other tasks have the thread now and then, so that a small question does not wait for
    /// large batches.
    ///
    /// - Parameter index: of the event that was worked on.
    package static func yield(after index: Int) async {
        if (index + 1).isMultiple(of: turn) { await Task.yield() }
    }

    /// Events of one turn: some 200 µs.
    private static let turn = 128
}

extension EventBatch {
    /// Reads events again that are in the log: their payloads are what the canonical form was.
    ///
    /// - Parameter payloads: the bytes of each node.
    package init(recorded nodes: [JSONNode], payloads: [ArraySlice<UInt8>]) {
        var builder = Builder(capacity: nodes.count)
        for index in nodes.indices { builder.add(nodes[index], index, payload: payloads[index]) }
        self = builder.batch()
    }
}

/// An event that cannot be taken.
package struct EventFault: Sendable {
    /// Its place in the request.
    package let index: Int
    package let customerEventId: String?
    package let issues: [FieldIssue]

    package init(index: Int, customerEventId: String?, issues: [FieldIssue]) {
        self.index = index
        self.customerEventId = customerEventId
        self.issues = issues
    }
}

/// Canonical payloads, each with its hash behind it, in one block of memory.
///
/// Memory of its own rather than an array: a store hands these bytes on as they lie.
final class PayloadArena: @unchecked Sendable {
    // Written by the builder alone, before any event refers to it.
    private let bytes: UnsafeMutableRawBufferPointer

    /// - Parameters:
    ///   - payloads: of all events.
    ///   - ranges: where each one's stands in it.
    fileprivate init(_ payloads: [UInt8], _ ranges: [Range<Int>]) {
        bytes = .allocate(
            byteCount: payloads.count + ranges.count * Digest.byteCount, alignment: 8)
        payloads.withUnsafeBytes { payloads in
            for (index, range) in ranges.enumerated() {
                let payload = UnsafeRawBufferPointer(rebasing: payloads[range])
                let start = range.lowerBound + index * Digest.byteCount
                UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: payload)
                Digest(hashing: payload).withBytes {
                    UnsafeMutableRawBufferPointer(rebasing: bytes[(start + payload.count)...])
                        .copyMemory(from: $0)
                }
            }
        }
    }

    deinit { bytes.deallocate() }

    /// Valid as long as the arena.
    subscript(range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }
}

private struct Builder {
    private var writer: JSONWriter
    private var parsed: [(event: EventReader, range: Range<Int>, index: Int)] = []
    private var faults: [EventFault] = []
    private let issues = FieldIssues()

    private static let usualBytes = 256

    init(capacity: Int) {
        writer = JSONWriter(capacity: capacity * Self.usualBytes)
        parsed.reserveCapacity(capacity)
    }

    /// - Parameter payload: the canonical form, where it is known.
    mutating func add(_ node: JSONNode, _ index: Int, payload: ArraySlice<UInt8>? = nil) {
        guard node.fault == nil else {
            FieldValue(node, issues: issues).noteFaults()
            return refuse(node, index)
        }
        let event = EventReader(node, .root, issues)
        let start = writer.bytes.count
        writer.beginText()
        if let payload {
            payload.withUnsafeBufferPointer { writer.raw($0) }
        } else if issues.all.isEmpty {
            event.writeCanonical(node, to: &writer, issues)
        }
        guard issues.all.isEmpty else {
            writer.truncate(to: start)
            return refuse(node, index)
        }
        parsed.append((event, start..<writer.bytes.count, index))
    }

    private mutating func refuse(_ node: JSONNode, _ index: Int) {
        faults.append(
            EventFault(index: index, customerEventId: node.stringId, issues: issues.drain()))
    }

    func batch() -> EventBatch {
        let arena = PayloadArena(writer.bytes, parsed.map(\.range))
        var events: [UsageEvent] = []
        events.reserveCapacity(parsed.count)
        for (place, parsed) in parsed.enumerated() {
            // The hashes of the events before stand in between.
            let start = parsed.range.lowerBound + place * Digest.byteCount
            let range = start..<start + parsed.range.count
            if let event = UsageEvent(parsed.event, arena, range, index: parsed.index) {
                events.append(event)
            }
        }
        return EventBatch(events: events, faults: faults)
    }
}

extension JSONNode {
    /// What the caller sees as the id of an event that is not good.
    fileprivate var stringId: String? {
        member("customerEventId").flatMap { $0.kind == .string ? $0.string : nil }
    }
}

extension EventReader {
    /// Appends the event's canonical JSON (`semantics.md`, Evidence), unless it breaks a limit.
    fileprivate func writeCanonical(
        _ node: JSONNode, to writer: inout JSONWriter, _ issues: FieldIssues
    ) {
        let value = FieldValue(node, issues: issues)
        guard node.nests(atMost: BillingLimits.eventDepth) else {
            return value.note("must not nest deeper than \(BillingLimits.eventDepth) levels")
        }
        let start = writer.bytes.count
        do throws(NumberTextError) { try writeMembers(to: &writer) } catch {
            // Numbers stand nowhere else.
            return issues.add(
                FieldIssue(pointer: "/properties", detail: "\(error)", severity: .meaningless))
        }
        if writer.bytes.count - start > BillingLimits.eventBytes {
            value.note("must have at most \(BillingLimits.eventBytes) bytes")
        }
    }

    private func writeMembers(to writer: inout JSONWriter) throws(NumberTextError) {
        writer.beginObject()
        writer.member("customerEventId", customerEventId)
        writer.member("customerId", customerId)
        writer.member("eventName", eventName)
        writer.key("properties")
        if let properties { try writer.canonical(properties) } else { writer.object { _ in } }
        writer.member("subscriptionId", subscriptionId)
        if let timestamp { writer.member("timestamp", timestamp) }
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, _ text: JSONNode?) {
        guard let text else { return }
        key(name)
        text.withText { string($0) }
    }
}
