import Billing
import TestRandom

/// The memory of one request, written anew batch by batch; one thread has it.
final class EventBody {
    let stream: EventStream
    private let form: EventForm
    private let tables = ByteTables()
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private let firstEvent: Int
    private let regions = EventForm.regions.map { Array($0.utf8) }

    init(_ stream: EventStream) {
        self.stream = stream
        form = EventForm(stream.ids)
        let count = stream.eventsPerBatch
        let (opening, closing) = count == 1 ? ("", "") : (#"{"events":["#, "]}")
        var body = Array(opening.utf8)
        for index in 0..<count {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += form.bytes
        }
        body += closing.utf8
        let head = HTTPRequest.head("POST", "/functions/ingestEvent", bodyLength: body.count)
        firstEvent = head.count + opening.utf8.count
        memory = .allocate(capacity: head.count + body.count)
        _ = memory.initialize(from: head + body)
    }

    deinit { memory.deallocate() }

    /// Head and body, ready to be sent.
    var request: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

    func event(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let start = start(of: index)
        return UnsafeBufferPointer(rebasing: memory[start..<start + form.bytes.count])
    }

    func customerId(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let start = start(of: index) + form.customer.lowerBound - 1
        return UnsafeBufferPointer(rebasing: memory[start..<start + form.customer.count + 1])
    }

    func customerEventId(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let start = start(of: index) + form.id.lowerBound
        return UnsafeBufferPointer(rebasing: memory[start..<start + form.id.count])
    }

    private func start(of index: Int) -> Int { firstEvent + index * (form.bytes.count + 1) }

    /// Writes the stream's batch `batch` and counts its events in `tally`.
    func fill(_ batch: Int, _ tally: inout UsageTally) {
        guard let base = memory.baseAddress else { return }
        // Seeds that follow each other are far apart once they are mixed.
        var seeds = SeededRandom(seed: stream.seed ^ UInt64(batch))
        var random = SeededRandom(seed: seeds.next())
        let second = Array(stream.second(ofBatch: batch).description.utf8)
        let milliseconds = stream.milliseconds(ofBatch: batch)
        for index in 0..<stream.eventsPerBatch {
            let event = base + start(of: index)
            (event + form.second.lowerBound).update(from: second, count: form.second.count)
            writeId(random.next(), random.next(), milliseconds + UInt64(index / 250), to: event)
            writeRest(random.next(), random.next(), to: event, &tally)
        }
    }

    @inline(__always)
    private func writeId(
        _ high: UInt64, _ low: UInt64, _ milliseconds: UInt64,
        to event: UnsafeMutablePointer<UInt8>
    ) {
        let id = event + form.id.lowerBound
        switch stream.ids {
        case .random:
            tables.hexadecimal(high, bytes: 0..<8, to: id)
            tables.hexadecimal(low, bytes: 0..<8, to: id + 16)
        case .uuidv7:
            let high = milliseconds << 16 | 0x7000 | high & 0xFFF
            let low = low & ~(3 << 62) | 2 << 62
            for dash in [8, 13, 18, 23] { id[dash] = UInt8(ascii: "-") }
            tables.hexadecimal(high, bytes: 0..<4, to: id)
            tables.hexadecimal(high, bytes: 4..<6, to: id + 9)
            tables.hexadecimal(high, bytes: 6..<8, to: id + 14)
            tables.hexadecimal(low, bytes: 0..<2, to: id + 19)
            tables.hexadecimal(low, bytes: 2..<8, to: id + 24)
        }
    }

    @inline(__always)
    private func writeRest(
        _ first: UInt64, _ second: UInt64, to event: UnsafeMutablePointer<UInt8>,
        _ tally: inout UsageTally
    ) {
        let customer = stream.firstCustomer + Self.scaled(first >> 32, to: stream.customers)
        let millisecond = Self.scaled(first & 0xFFFF_FFFF, to: 1_000)
        let units =
            EventForm.units.lowerBound + Self.scaled(second >> 32, to: EventForm.units.count)
        let user = Self.scaled(second & 0xFFFF_FFFF, to: EventForm.users)
        let region = Int(second & 3) ^ (stream.isChanged ? 1 : 0)
        tables.decimal(customer, digits: form.customer.count, to: event + form.customer.lowerBound)
        tables.decimal(millisecond, digits: 3, to: event + form.millisecond.lowerBound)
        let unitsPlace = event + form.units.lowerBound
        tables.decimal(units / 1_000, digits: 2, to: unitsPlace)
        tables.decimal(units % 1_000, digits: 3, to: unitsPlace + 3)
        tables.decimal(user, digits: 2, to: event + form.user.lowerBound)
        (event + form.region.lowerBound)
            .update(from: regions[region], count: form.region.count)
        if customer < UsageTally.customers { tally.add(customer, units: units, user: user) }
    }

    /// A number below `bound` from 32 random bits.
    @inline(__always)
    private static func scaled(_ bits: UInt64, to bound: Int) -> Int {
        Int(truncatingIfNeeded: (bits &* UInt64(bound)) >> 32)
    }
}
