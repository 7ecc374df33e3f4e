import PostroomCore
import PostroomInbox

/// The replays that people asked for.
enum ReplaysPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let replays = try await visit.data.inbox.replays(limit: ConsoleData.pageSize)
        return visit.page(
            "Replays",
            .replays,
            """
            \(Parts.head("Replays", "Dead letters or kept deliveries, put through handlers again, behind what comes in."))
            \(Table.of(replays, columns(visit), label: "Replays", ifEmpty: Parts.empty(
                "No replay yet",
                "Begin one from the dead letters, once their cause is mended."
            )))
            """
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<ReplaySummary>] {
        [
            TableColumn("Replay") { replay in
                "<a class=\"id\" href=\"\(visit.links.to("replay", [("id", String(replay.id))]))\">\(replay.id)</a>"
            },
            TableColumn("Asked for") { Parts.age($0.requestedAt, visit.now) },
            TableColumn("By") { Parts.clipped($0.requestedBy) },
            TableColumn("Of") { "\($0.kind)" },
            TableColumn("Moved", style: "number") { Parts.count($0.moved) },
            TableColumn("State") { Parts.state($0.state) },
            TableColumn("Note", style: "grow") { $0.note.map(Parts.clipped) ?? Parts.nothing },
        ]
    }
}
