import ArgumentParser
import Curl
import Foundation
import JSON

/// `tallystick import`: a file's events into a ledger, each counted once however often it runs.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import usage events from an NDJSON or CSV file.",
        discussion: """
            The file is streamed, whatever its size, and sent in its order. An event that was taken
            before counts as a duplicate, so an import that broke off is simply run again.

            NDJSON: one event a line, as ingestEvent takes it. CSV: RFC 4180, the first row names
            the columns. Columns customerEventId, customerId, subscriptionId, eventName and
            timestamp need no flag; every other column becomes a property of its own name. Flags
            map other columns by templates: {Column} is a column's field, {row} the row's number
            from 1, {{ a brace, all else itself. With any --property or --string-property only
            those become properties. Empty fields are left out.

            EXAMPLES
              tallystick import usage.ndjson --url http://127.0.0.1:8080
              tallystick import usage.csv --data shop.db
              zcat usage.csv.gz | tallystick import - --format csv
              tallystick import trace.csv --customer-event-id 'trace-{row}' --customer-id acme \\
                --event-name llm_call --timestamp '{TIMESTAMP}' --timezone UTC \\
                --property 'context_tokens={ContextTokens}'
              tallystick import days.csv --timestamp '{date}T00:00:00' --timezone Asia/Tokyo

            Exit code 1 where any row was rejected or in conflict; the first of them are listed.
            Without --data and --url: TALLYSTICK_URL, else TALLYSTICK_DATA, else tallystick.db.
            Every other flag has a variable too: --customer-id is TALLYSTICK_IMPORT_CUSTOMER_ID;
            those that repeat take one value a line, --json takes 1. A flag wins.
            """)

    @Argument(help: "The file, or - for standard input.")
    var file: String

    @OptionGroup var place: LedgerPlace

    @Option(help: "ndjson or csv. (default: by the file's name)")
    var format: String?

    @OptionGroup(title: "CSV columns")
    var columns: ImportMappingFlags

    @Option(help: "For how many seconds a call that the server missed is sent again. (default: 60)")
    var retrySeconds: Int?

    @Flag(help: "Print the summary as one line of JSON.")
    var json = false

    func run() async throws {
        let setting = Setting()
        let isClean = try await Exit.reporting {
            let summary = try await summary(setting)
            let isJSON = json || setting.isOn("IMPORT_JSON")
            let text = isJSON ? summary.json : Array(summary.text.utf8)
            FileHandle.standardOutput.write(Data(text + [UInt8(ascii: "\n")]))
            return summary.tally.isClean
        }
        if !isClean { throw ExitCode(1) }
    }

    private func summary(_ setting: Setting) async throws -> ImportSummary {
        let input = try ImportFile(path: file)
        let rows = try reader(of: input.bytes, setting)
        if let url = place.url ?? (place.data == nil ? setting.text(nil, "URL") : nil) {
            // A URL that cannot be read will not become one by trying again.
            _ = try HTTPURL(url)
            let patience = try setting.integer(
                retrySeconds, "IMPORT_RETRY_SECONDS", in: ImportLimits.retrySeconds)
            let sink = RemoteEventSink(
                RemoteInvocation(url: url, setting),
                patience: .seconds(patience ?? ImportLimits.defaultRetrySeconds))
            return try await summary(rows, input.size, to: sink)
        }
        let dataFile = setting.text(place.data, "DATA") ?? ServeConfiguration.defaultDataFile
        return try await LocalEventSink.open(dataFile, setting) { sink in
            try await summary(rows, input.size, to: sink)
        }
    }

    private func summary(
        _ rows: any ImportRowReader, _ size: Int?, to sink: some EventSink
    ) async throws -> ImportSummary {
        var importer = Importer(rows, to: sink)
        var meter = ProgressMeter("events")
        defer { meter.clear() }
        let tally = try await importer.run { meter.show($0.rows, done: $1, of: size) }
        return ImportSummary(tally: tally, microseconds: meter.microseconds)
    }

    private func reader(
        of bytes: ByteReader, _ setting: Setting
    ) throws -> any ImportRowReader {
        let named: ImportFormat? = try setting.choice(format, "IMPORT_FORMAT")
        switch named ?? ImportFormat(path: file) {
        case .ndjson: return NDJSONReader(bytes)
        case .csv:
            return try CSVEventReader(
                bytes, columns.mapping(setting), delimiter: columns.delimiterByte(setting))
        case nil: throw SettingError("\(file): say with --format whether it is ndjson or csv")
        }
    }
}
