import PostgresClient
package import PostroomCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The report of a replay: how the jobs that it moved ended.
package struct ReplayResults: Hashable, Sendable, Decodable {
    /// The dead letters of one cause that it left.
    package struct Group: Hashable, Sendable, Decodable {
        /// The handler.
        package let handler: String
        /// The likeness of the errors.
        package let fingerprint: String
        /// The number of letters.
        package let letters: Int
        /// One of the errors, at most 500 characters.
        package let error: String
    }

    /// The jobs that were moved.
    package let moved: Int
    /// Those of them that were not tried yet.
    package let untried: Int
    /// Those that are owed after another failure.
    package let failing: Int
    /// Those that died again.
    package let died: Int
    /// Those that ended well.
    package let ended: Int
    /// The jobs that died again, by cause, the most first.
    package let groups: [Group]
}

extension Inbox {
    /// Reads the report of a replay.
    ///
    /// - Parameter id: Its number.
    /// - Returns: The report, or `nil` where there is no such replay.
    /// - Throws: ``PostroomCore/QueueError``, also for a report that another version wrote in another form.
    package func replayResults(_ id: Int64) async throws(QueueError) -> ReplayResults? {
        guard let report = try await administer(ReplayReport(replay: id)).first?.report.text else { return nil }
        do {
            return try JSONDecoder().decode(ReplayResults.self, from: Data(report.utf8))
        } catch {
            throw QueueError(
                kind: .rejected,
                description: "the report of replay \(id) has another form than this program knows"
            )
        }
    }
}
