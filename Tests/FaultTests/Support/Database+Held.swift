import ProgramHarness

extension Database {
    /// How many pairs workers hold at most, by what the database says was claimed.
    func held(ofHandlers count: Int) async throws -> Int {
        try await self.count(
            """
            SELECT (SELECT coalesce(sum(delivery_count), 0) * \(count) FROM postroom.batch WHERE worker IS NOT NULL)
                 + (SELECT count(*) FROM postroom.retry WHERE worker IS NOT NULL)
            """
        )
    }
}
