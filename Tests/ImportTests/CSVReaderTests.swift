import Testing
@testable import tallystick

@Suite("CSV by RFC 4180")
struct CSVReaderTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let rows: [[String]]
        var testDescription: String { name }
    }

    static let samples = [
        Sample(name: "plain", text: "a,b\n1,2\n", rows: [["a", "b"], ["1", "2"]]),
        Sample(name: "no line end at the end", text: "a,b\n1,2", rows: [["a", "b"], ["1", "2"]]),
        Sample(name: "CRLF", text: "a,b\r\n1,2\r\n", rows: [["a", "b"], ["1", "2"]]),
        Sample(name: "byte order mark", text: "\u{FEFF}a,b\n", rows: [["a", "b"]]),
        Sample(name: "quoted", text: "\"a\",\"b\"\r\n", rows: [["a", "b"]]),
        Sample(name: "delimiter in quotes", text: "\"a,b\",c", rows: [["a,b", "c"]]),
        Sample(name: "doubled quotes", text: #""say ""hi""",x"#, rows: [[#"say "hi""#, "x"]]),
        Sample(
            name: "line break in quotes", text: "\"a\r\nb\",c\nd,e",
            rows: [["a\r\nb", "c"], ["d", "e"]]),
        Sample(name: "empty fields", text: ",,\n\"\",,x", rows: [["", "", ""], ["", "", "x"]]),
        Sample(name: "blank lines between", text: "a\n\n\r\nb\n", rows: [["a"], ["b"]]),
        Sample(name: "quote inside a plain field", text: "5\" disk,x", rows: [["5\" disk", "x"]]),
        Sample(name: "lone CR is text", text: "a\rb,c", rows: [["a\rb", "c"]]),
        Sample(name: "not ASCII", text: "Zürich,東京", rows: [["Zürich", "東京"]]),
        Sample(name: "nothing", text: "", rows: []),
    ]

    @Test("fields", arguments: samples, [1, 2, 3, 1_000])
    func fields(_ sample: Sample, chunk: Int) throws {
        var csv = CSVReader(reader(sample.text, chunk: chunk))
        var rows: [[String]] = []
        while case .record(let record) = try csv.next() {
            rows.append((0..<record.count).map { String(decoding: record[$0], as: UTF8.self) })
        }
        #expect(rows == sample.rows)
        #expect(csv.bytesRead == sample.text.utf8.count)
    }

    @Test("another delimiter")
    func delimiter() throws {
        var csv = CSVReader(reader("a;b,c\n"), delimiter: UInt8(ascii: ";"))
        guard case .record(let record) = try csv.next() else {
            Issue.record("no record")
            return
        }
        #expect(record.count == 2)
        #expect(record[1].elementsEqual("b,c".utf8))
    }

    @Test("records know the line they start on, quoted line breaks counted")
    func lines() throws {
        var csv = CSVReader(reader("a\n\"b\nb\"\n\nc\n"))
        var lines: [Int] = []
        while case .record(let record) = try csv.next() { lines.append(record.line) }
        #expect(lines == [1, 2, 5])
    }

    @Test("a fault spoils its row only")
    func textAfterQuote() throws {
        var csv = CSVReader(reader("\"a\"b,c\nd\n"))
        #expect(try csv.next() == .fault(line: 1, "text follows the closing quote of field 1"))
        guard case .record(let record) = try csv.next() else {
            Issue.record("the row after the fault is missing")
            return
        }
        #expect(record.line == 2)
    }

    @Test("an open quote is reported where its record starts")
    func openQuote() throws {
        var csv = CSVReader(reader("a\nb,\"c\nd\n"))
        _ = try csv.next()
        #expect(
            try csv.next() == .fault(line: 2, "the quote that opens field 2 is never closed"))
        #expect(try csv.next() == nil)
    }

    @Test("a record beyond the limit is reported, not kept")
    func tooLong() throws {
        let long = String(repeating: "x", count: ImportLimits.recordBytes + 1)
        var csv = CSVReader(reader(long + "\nb\n", chunk: 65_536))
        guard case .fault(1, let detail) = try csv.next() else {
            Issue.record("not reported")
            return
        }
        #expect(detail.contains("longer than 1048576 bytes"))
        guard case .record = try csv.next() else {
            Issue.record("the row after it is missing")
            return
        }
    }
}
