package import Billing

/// What followed from attempts that were recorded.
package struct Settlement: Sendable, Equatable {
    /// Endpoints at which something is due that waited for one of them.
    package let released: [Identifier]
    /// Endpoints that they disabled.
    package let disabled: [DisabledEndpoint]

    package init(released: [Identifier] = [], disabled: [DisabledEndpoint] = []) {
        self.released = released
        self.disabled = disabled
    }
}
