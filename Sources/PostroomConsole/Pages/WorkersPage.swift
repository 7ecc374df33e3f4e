import PostroomCore
import PostroomInbox

/// The living workers, and what they hold.
enum WorkersPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let workers = try await visit.data.inbox.workers()
        return visit.page(
            "Workers",
            .workers,
            """
            \(Parts.head("Workers", "A worker that is silent for its lease is taken for dead, and what it held runs elsewhere."))
            \(Table.of(workers, columns(visit), label: "Workers", ifEmpty: Parts.empty(
                "No worker is alive",
                "A program with handlers is one while it serves; without any, deliveries are kept and wait."
            )))
            """
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<WorkerStatus>] {
        [
            TableColumn("Worker") { "<span class=\"id\">\($0.id.rawValue)</span>" },
            TableColumn("Process", style: "grow") { worker in
                let handlers: [HTML] = worker.handlers.map { "<code>\($0)</code> " }
                return "\(Parts.clipped(worker.label))<small class=\"patterns\">\(handlers)</small>"
            },
            TableColumn("Started") { Parts.age($0.startedAt, visit.now) },
            TableColumn("Heartbeat", style: "number") { worker in
                worker.silentFor > .seconds(10)
                    ? "<span class=\"state warn\">\(HumanText.duration(worker.silentFor)) ago</span>"
                    : "\(HumanText.duration(worker.silentFor)) ago"
            },
            TableColumn("Batches", style: "number") { Parts.count($0.batches) },
            TableColumn("Deliveries", style: "number") { Parts.count($0.deliveries) },
            TableColumn("Single jobs", style: "number") { Parts.count($0.retries) },
            TableColumn("Oldest in hand") { Parts.age($0.oldestReceivedAt, visit.now) },
        ]
    }
}
