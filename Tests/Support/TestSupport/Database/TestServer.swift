package import Logging
package import PostgresClient
package import PostroomInbox
package import PrivatePostgres

/// The private Postgres server of this test process, started by whoever needs it first and ended with the process.
package actor TestServer {
    /// The one server.
    package static let shared = TestServer()

    private var starting: Task<PrivatePostgres, any Error>?
    /// The templates, by the number that their server has among several.
    private var templates: [Int?: Task<String, any Error>] = [:]
    private var databases = 0

    /// The thread that all connections of the test process share.
    package static let loop = PollLoop()

    /// The server.
    ///
    /// - Returns: The running server.
    /// - Throws: The reason for which it could not be started.
    package func server() async throws -> PrivatePostgres {
        if let starting {
            return try await starting.value
        }
        // unstructured: shared by all tests of the process, none of which may cancel it for the others
        let task = Task {
            try await PrivatePostgres.start(.init(durable: false, parameters: ["max_connections": "500"]))
        }
        starting = task
        return try await task.value
    }

    /// Makes a database with a migrated inbox.
    ///
    /// - Returns: Its connection string.
    /// - Throws: The reason for which it could not be made.
    package func makeInboxDatabase() async throws -> String {
        let server = try await server()
        let template = try await migratedTemplate(nil)
        return try await makeDatabase(on: server, template: template)
    }

    /// Makes a database with a migrated inbox that is one of several servers.
    ///
    /// - Parameter number: The number of the server.
    /// - Returns: Its configuration.
    /// - Throws: The reason for which it could not be made.
    package func makeServer(_ number: Int) async throws -> InboxConfiguration {
        let server = try await server()
        let template = try await migratedTemplate(number)
        var configuration = InboxConfiguration(connectionString: try await makeDatabase(on: server, template: template))
        configuration.number = number
        return configuration
    }

    /// Makes an empty database.
    ///
    /// - Returns: Its connection string.
    /// - Throws: The reason for which it could not be made.
    package func makeEmptyDatabase() async throws -> String {
        try await makeDatabase(on: try await server(), template: nil)
    }

    private func makeDatabase(on server: PrivatePostgres, template: String?) async throws -> String {
        databases += 1
        let name = "test_\(databases)"
        try await server.createDatabase(named: name, template: template ?? "template1")
        return server.connectionString(database: name)
    }

    /// A migrated database that the others are copied from, which takes a tenth of the time of migrating each.
    private func migratedTemplate(_ number: Int?) async throws -> String {
        if let template = templates[number] {
            return try await template.value
        }
        let server = try await server()
        if let template = templates[number] {
            return try await template.value
        }
        // unstructured: shared by all tests of the process, none of which may cancel it for the others
        let task = Task {
            let name = "template_inbox" + (number.map { "_\($0)" } ?? "")
            try await server.createDatabase(named: name)
            var configuration = InboxConfiguration(connectionString: server.connectionString(database: name))
            configuration.number = number
            let migrator = Migrator(configuration: configuration, loop: TestServer.loop, logger: .silent)
            _ = try await migrator.migrate()
            return name
        }
        templates[number] = task
        return try await task.value
    }
}

/// SQL over a connection of its own, as a person with psql runs it.
package enum AdHocQuery {
    /// Runs one statement without parameters.
    ///
    /// - Returns: The rows in text form.
    /// - Throws: `PostgresError`.
    package static func run(_ sql: String, on connectionString: String) async throws -> [[String?]] {
        // Between its beginning and its statement it may wait for a processor, which is no idleness.
        let settings = PostgresConfiguration(
            connectionString: connectionString,
            applicationName: "psql",
            settings: ["idle_session_timeout": "0"]
        )
        let connection = try await PostgresConnection.connect(settings, on: TestServer.loop, logger: .silent)
        do {
            let rows = try await connection.query(sql)
            await connection.close()
            return rows
        } catch {
            await connection.close()
            throw error
        }
    }
}

extension Logger {
    /// A logger that tells nothing.
    package static var silent: Logger {
        Logger(label: "postroom.test") { _ in SwiftLogNoOpLogHandler() }
    }
}
