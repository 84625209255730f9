internal import FunctionKit
package import JSON
internal import Ledger

/// The members `cursor` and `limit` that every list takes.
struct PageRequest: Sendable {
    let cursor: String?
    let limit: Int

    init(_ reader: inout FieldReader) {
        cursor = reader.optional("cursor")?.text(limit: Limits.textBytes)
        limit =
            reader.optional("limit")?.integer(in: Limits.pageItems) ?? Limits.defaultPageItems
    }
}

/// `{items, nextCursor}`.
package struct Listing<Item: Sendable>: JSONWritable, Sendable {
    private let page: Page<Item>
    private let writeItem: @Sendable (Item, inout JSONWriter) -> Void

    init(_ page: Page<Item>, _ writeItem: @escaping @Sendable (Item, inout JSONWriter) -> Void) {
        self.page = page
        self.writeItem = writeItem
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("items")
            writer.array { writer in
                for item in page.items { writeItem(item, &writer) }
            }
            writer.key("nextCursor")
            if let cursor = page.nextCursor { writer.string(cursor) } else { writer.null() }
        }
    }
}

/// JSON that is written already.
package struct StoredJSON: JSONWritable, Sendable {
    let bytes: [UInt8]

    package func write(to writer: inout JSONWriter) { writer.raw(bytes) }
}
