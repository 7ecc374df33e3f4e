import PostroomCore
import PostroomInbox

/// The changes that people made.
enum AuditPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let before = visit.request.number("before")
        let entries = try await visit.data.inbox.audit(below: before, limit: ConsoleData.pageSize)
        let older = entries.count == ConsoleData.pageSize ? entries.last?.id : nil
        return visit.page(
            "Audit",
            .audit,
            """
            \(Parts.head("Audit", "Everything that people changed or unmasked, whichever way they did it."))
            \(Table.of(entries, columns(visit), label: "Audit", ifEmpty: Parts.empty(
                "Nobody has changed anything yet",
                "Pauses, replays, discards and unmasked deliveries are noted here."
            )))
            \(Parts.pager(
                newest: before == nil ? nil : visit.links.to("audit"),
                older: older.map { visit.links.to("audit", [("before", String($0))]) }
            ))
            """
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<AuditEntry>] {
        [
            TableColumn("When") { Parts.age($0.at, visit.now) },
            TableColumn("Who") { Parts.clipped($0.actor) },
            TableColumn("What") { "\($0.action.replacing("_", with: " "))" },
            TableColumn("Detail", style: "grow") { "<code>\(Parts.clipped($0.detail))</code>" },
        ]
    }
}
