import ProgramHarness

extension Database {
    /// Makes that many deliveries whose batches are gone, so that they are whatever a test makes of them.
    func makeDeliveries(_ count: Int, named name: String) async throws {
        try await query(
            """
            SELECT count(postroom.enqueue('hooks', 'invoice.paid', '{"type":"invoice.paid"}', '\(name)-' || number))
            FROM generate_series(1, \(count)) number
            """
        )
        try await query("DELETE FROM postroom.batch")
    }
}
