/// How much memory the store may take, and what of it is left for rows.
struct MemoryBudget: Sendable {
    let bytes: Int

    /// Rows of the customers in use must find room, however large the rest has grown.
    static let leastForRows = 16 << 20

    /// - Parameter indexes: bytes of tables and filters, which are needed whole.
    func residents(beside indexes: Int) -> Int { max(bytes - indexes, Self.leastForRows) }
}
