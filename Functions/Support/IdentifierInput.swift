internal import Billing
internal import FunctionKit
package import JSON

/// `{id}`: a request that names one thing.
package struct IdentifierInput: FunctionInput {
    let id: Identifier

    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let id = reader.required("id")?.identifier()
        reader.refuseUnknown()
        guard let id else { return nil }
        self.id = id
    }
}
