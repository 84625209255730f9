internal import Foundation

/// A value in an event's properties.
///
/// Write fractions as strings, `"0.1"`: there is no case for a binary float, whose digits are not
/// those that anybody meant.
public indirect enum PropertyValue: Sendable, Equatable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case array([PropertyValue])
    case object([String: PropertyValue])
    case null
}

extension PropertyValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Values in their order.
    public init(arrayLiteral elements: PropertyValue...) { self = .array(elements) }
    /// Of two members of one name the last counts.
    public init(dictionaryLiteral elements: (String, PropertyValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
}

extension PropertyValue: Codable {
    /// Reads any JSON value; a number that is not whole as its text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Decimal.self) {
            self = .string(value.description)
        } else if let value = try? container.decode([PropertyValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: PropertyValue].self))
        }
    }

    /// Writes the value as it is.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        case .null: try container.encodeNil()
        }
    }
}
