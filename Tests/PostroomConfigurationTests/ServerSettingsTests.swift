import PostroomCore
import PostroomInbox
import Testing

@testable import PostroomConfiguration

@Suite("Several servers in the configuration")
struct ServerSettingsTests {
    private static let good = "{source: wacht, secrets: [env:A]}"

    @Test("keep their places, and each has its number, whether it drains, and everything else")
    func places() throws {
        let database = try load(
            """
            database:
              urls: ["host=a dbname=p", retired, "postgres://c,d/p"]
              draining: [2]
              schema: inbox_2
            """
        )
        .configuration.database
        #expect(database.places.map(\.number) == [0, 2])
        #expect(database.places.map(\.connectionString) == ["host=a dbname=p", "postgres://c,d/p"])
        #expect(database.places.map(\.draining) == [[], [2]])
        #expect(database.places.allSatisfy { $0.schema.description == "inbox_2" && $0.servers.isEmpty })
    }

    @Test("one url is one place without a number")
    func one() throws {
        let database = try load("database: {url: host=a}").configuration.database
        #expect(database.places == [database])
        #expect(database.number == nil)
        #expect(database.place == nil)
    }

    @Test("come from the environment with semicolons between them, as a connection string has commas")
    func environment() throws {
        let urls = ["POSTROOM_DATABASE_URLS": "postgres://a,b/p; host=c dbname=p", "POSTROOM_DATABASE_DRAINING": "1"]
        let database = try load(nil, urls).configuration.database
        #expect(database.servers == ["postgres://a,b/p", "host=c dbname=p"])
        #expect(database.draining == [1])
    }

    @Test(
        "are refused where they can't work",
        arguments: [
            (
                #"database: {url: host=a, urls: ["host=b"]}"#,
                "postroom.yaml:1:31: database.urls: database.url is given too; give one of them"
            ),
            (
                #"database: {urls: ["host=b", "host=c", "host=b"]}"#,
                "postroom.yaml:1:18: database.urls: names one server twice; each has an inbox of its own"
            ),
            (
                #"database: {urls: [retired, retired]}"#,
                "postroom.yaml:1:18: database.urls: leaves no server that takes anything new"
            ),
            (
                #"database: {urls: ["host=a", retired], draining: [0]}"#,
                "postroom.yaml:1:18: database.urls: leaves no server that takes anything new"
            ),
            (
                #"database: {urls: ["host=a"], draining: [1]}"#,
                "postroom.yaml:1:40: database.draining: there is no server 1 in database.urls"
            ),
            (
                "database: {urls: [\"\((0...32).map { "host=h\($0)" }.joined(separator: "\", \""))\"]}",
                "postroom.yaml:1:18: database.urls: names 33 servers, and 32 is the most"
            ),
        ]
    )
    func refused(yaml: String, problem: String) {
        #expect(problems(yaml) == [problem])
    }
}
