import Logging
import PostgresClient
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// The answers of several servers to one question, or that of the only one.
struct ServerAnswers<Value: Sendable>: Sendable {
    /// The answers, each with the number of its server; without one where it is the only one.
    private(set) var answers: [(number: Int?, value: Value)] = []
    /// The failures of the servers that gave none.
    private(set) var failures: [CommandFailure] = []

    /// The answers alone.
    var values: [Value] {
        answers.map(\.value)
    }

    /// Adds what became of a question.
    mutating func add(_ number: Int?, _ result: Result<Value, CommandFailure>) {
        switch result {
        case .success(let value):
            answers.append((number, value))
        case .failure(let failure):
            let place = number.map { "server \($0): " } ?? ""
            failures.append(CommandFailure(failure.status, place + failure.message))
        }
    }

    /// Fails where a server gave no answer, after the others' were written: a part must not pass for the whole.
    ///
    /// - Throws: ``CommandFailure`` that names each.
    func check() throws {
        guard let worst = failures.first(where: { $0.status != .tryAgain }) ?? failures.first else { return }
        throw CommandFailure(worst.status, failures.map(\.message).joined(separator: "\n"))
    }

    /// Writes what each server has listed: for people below its name, for machines with its number as a member.
    func list<Row: Sendable>(
        to output: CommandOutput,
        _ columns: [Column<Row>],
        asJSON: Bool,
        ifEmpty nothing: String
    ) where Value == [Row] {
        guard !asJSON else {
            let objects = answers.flatMap { answer in
                answer.value.map { row in
                    columns.object(row)
                        .adding(answer.number.map { [JSONTree.Member("server", .integer(Int64($0)))] } ?? [])
                }
            }
            return output.json(.array(objects))
        }
        each(output) { output.list($0, columns, asJSON: false, ifEmpty: nothing) }
    }

    /// Writes each answer, below the name of its server.
    func each(_ output: CommandOutput, _ write: (Value) -> Void) {
        for (number, value) in answers {
            if let number {
                output.line(output.style("server \(number)", .bold))
            }
            write(value)
        }
    }
}

extension ServerAnswers {
    /// The newest elements of all servers' lists.
    func newest<Element>(_ limit: Int, by time: (Element) -> Timestamp) -> [Element] where Value == Listing<Element> {
        guard values.count > 1 else { return values.first?.found ?? [] }
        return Array(values.flatMap(\.found).sorted { time($0) > time($1) }.prefix(limit))
    }

    /// Fails where a server gave no answer, or gave up before its end.
    func check<Element>(_ limit: Int, _ things: String) throws where Value == Listing<Element> {
        try check()
        for listing in values {
            try SearchNotice.check(listing, limit: limit, things)
        }
    }
}

extension InboxOptions {
    /// Asks the only server, the chosen one, or each of several.
    ///
    /// - Parameters:
    ///   - numbers: The servers that are meant, where ids name them; `nil` for all.
    ///   - body: The question.
    /// - Returns: The answers, of one server at least.
    /// - Throws: ``CommandFailure`` where none gave an answer.
    func each<Value: Sendable>(
        on numbers: Set<Int>? = nil,
        _ body: @escaping @Sendable (Inbox) async throws -> Value
    ) async throws -> ServerAnswers<Value> {
        let configuration = try common.load().configuration
        let logger = common.quietLogger(configuration)
        let chosen = try Self.places(configuration.database, chosen: server)
        let places = chosen.filter { place in place.number.map { numbers?.contains($0) ?? true } ?? true }
        guard !places.isEmpty else { throw Self.unknownServer(numbers?.min() ?? 0) }
        let results = await withTaskGroup(of: (Int, Result<Value, CommandFailure>).self) { group in
            for (index, place) in places.enumerated() {
                group.addTask { (index, await Self.ask(place, logger, body)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var answers = ServerAnswers<Value>()
        for (index, place) in places.enumerated() {
            if let result = results[index] {
                answers.add(place.number, result)
            }
        }
        if answers.values.isEmpty {
            try answers.check()
        }
        return answers
    }

    /// Asks the server that an id names.
    ///
    /// - Parameters:
    ///   - number: The number in the id, which counts only where there are several servers.
    ///   - body: The question.
    /// - Returns: The answer.
    /// - Throws: ``CommandFailure``.
    func withInbox<Value: Sendable>(
        of number: Int,
        _ body: @Sendable (Inbox) async throws -> Value
    ) async throws -> Value {
        let configuration = try common.load().configuration
        let places = try Self.places(configuration.database, chosen: server)
        guard let place = places.first(where: { $0.number ?? number == number }) else {
            throw Self.unknownServer(number)
        }
        return try await Self.withInbox(place, logger: common.quietLogger(configuration), body)
    }

    private static func ask<Value: Sendable>(
        _ place: InboxConfiguration,
        _ logger: Logger,
        _ body: @Sendable (Inbox) async throws -> Value
    ) async -> Result<Value, CommandFailure> {
        do {
            return .success(try await withInbox(place, logger: logger, body))
        } catch let failure as CommandFailure {
            return .failure(failure)
        } catch {
            return .failure(CommandFailure(.failed, "\(error)"))
        }
    }

    /// The servers that are meant.
    ///
    /// - Throws: ``CommandFailure`` where the chosen one does not exist.
    static func places(_ database: InboxConfiguration, chosen: Int?) throws -> [InboxConfiguration] {
        guard let chosen else { return database.places }
        guard let place = database.places.first(where: { $0.number ?? 0 == chosen }) else {
            throw unknownServer(chosen)
        }
        return [place]
    }

    private static func unknownServer(_ number: Int) -> CommandFailure {
        CommandFailure(.failed, "there is no server \(number) in database.urls")
    }
}

extension DeliveryFilter {
    /// The servers that its ids name; `nil` where it has none.
    var servers: Set<Int>? {
        ids.map { Set($0.map { ServerNumber.of($0) }) }
    }
}

extension DeadLetterFilter {
    /// The servers that its ids name; `nil` where it has none.
    var servers: Set<Int>? {
        ids.map { Set($0.map { ServerNumber.of(id: $0) }) }
    }
}
