import Testing

@testable import PostroomConfiguration

@Suite("Connection strings")
struct ConnectionStringTests {
    @Test(
        "what is harmless is shown and the password is not",
        arguments: [
            ("", "(libpq's environment)"),
            ("postgres:///postroom", "postgres:///postroom"),
            ("postgresql://app:hunter2@db.example/postroom", "postgresql://app:***@db.example/postroom"),
            ("postgres://app@db:5432/postroom", "postgres://app@db:5432/postroom"),
            (
                "postgresql://app:hunter2@a:5432,b:5433/p?target_session_attrs=read-write",
                "postgresql://app:***@a:5432,b:5433/p?target_session_attrs=read-write"
            ),
            ("postgresql://[::1]:5432/p", "postgresql://[::1]:5432/p"),
            ("postgresql:///p?user=app&password=hunter2", "postgresql:///p?user=app&password=***"),
            ("postgresql:///p?host=/var/run/postgresql", "postgresql:///p?host=/var/run/postgresql"),
            ("host=db password=hunter2 user=app", "host=db password=*** user=app"),
            (#"password='a b\'c' host=db"#, "password=*** host=db"),
            ("host = db  dbname = p", "host=db dbname=p"),
            ("application_name='my app' host=db", "application_name='my app' host=db"),
            ("hunter2", "***"), ("host=db hunter2", "***"), ("password='hunter2", "***"),
            ("postgresql://app:hunter2", "postgresql://app:***"),
        ]
    )
    func redacts(text: String, shown: String) {
        #expect(ConnectionString(text).redacted == shown)
    }

    private static let canary = "Zq7"
    private static let passwords = [
        "Zq7", "Zq7@Zq7", "Zq7/Zq7", "Zq7?Zq7", "Zq7:Zq7", "Zq7&Zq7", "Zq7=Zq7", "Zq7#Zq7", "Zq7%40", "Zq7 Zq7",
        "@Zq7", "/Zq7", "?Zq7", ":Zq7", "Zq7'Zq7", "Zq7\\Zq7", "Zq7,Zq7", "Zq7@Zq7/Zq7?Zq7", "'Zq7", "Zq7]",
    ]
    private static let shapes = [
        "postgresql://app:§@db/p", "postgres://app:§@db:5432,db2/p?sslmode=require", "postgresql://:§@db/p",
        "postgresql:///p?password=§", "postgresql:///p?user=app&password=§&host=db", "postgresql://db/p?sslpassword=§",
        "host=db password=§", "password=§ host=db", "host=db password='§' user=app", "host=db user=app sslpassword='§'",
        "postgresql://app:§@[::1]/p", "postgresql://db/p?options=§", "postgresql://db/p?something_new=§",
        "something_new=§ host=db",
    ]

    @Test("no piece of a password is shown, however badly it is written into the string", arguments: shapes)
    func hidesPassword(shape: String) {
        for password in Self.passwords {
            let string = ConnectionString(shape.replacing("§", with: password))
            var dumped = ""
            dump(string, to: &dumped)
            for shown in [string.redacted, "\(string)", String(reflecting: string), dumped] {
                #expect(!shown.contains(Self.canary), "\(shape) with \(password)")
            }
            #expect(string.value.contains(Self.canary))
        }
    }

    @Test(
        "what libpq can't take is refused",
        arguments: ["localhost:5432/db", "mydb", "mysql://db/p", " ", "host", "host='x"]
    )
    func refuses(text: String) {
        #expect(!ConnectionString(text).isPlausible)
    }

    @Test("what libpq takes is taken", arguments: ["", "postgres://", "host=db", "host=''", "dbname = p"])
    func takes(text: String) {
        #expect(ConnectionString(text).isPlausible)
    }

    private static func read(_ text: String) throws -> String {
        try ValueFormat<String>.connectionString.read(text)
    }

    @Test(
        "line ends and blanks after it are dropped",
        arguments: ["postgres:///p\n", "postgres:///p\r\n", "postgres:///p \n\n", "postgres:///p"]
    )
    func trims(text: String) throws {
        #expect(try Self.read(text) == "postgres:///p")
    }

    @Test(
        "what libpq can't read, or would never connect with, is refused in words without the password",
        arguments: [
            ("postgres://app:hunter2%zz@db/p", "escaped"),
            ("postgres://app:hunter2@db/p?sslmod=require", "cannot read"),
            ("postgres://app:hunter2@[::1/p", "cannot read"), ("host=db password=hunter2 prot=5432", "cannot read"),
            ("host=db password=hunter2 sslmode=requier", "sslmode"), ("host=db password=hunter2 port=99999", "port"),
            ("host=db password=hunter2 port=five", "port"), ("host=a,b,c password=hunter2 port=1,2", "ports"),
            ("postgres://app:hunter2@db/p?target_session_attrs=writable", "target_session_attrs"),
            ("host=db password=hunter2 channel_binding=yes", "channel_binding"),
        ]
    )
    func problems(text: String, says: String) throws {
        do throws(ValueRefusal) {
            _ = try ValueFormat<String>.connectionString.read(text)
            Issue.record("\(text) was taken")
        } catch {
            let hint = error.hint ?? ""
            #expect(hint.contains(says), "\(hint)")
            #expect(!hint.contains("hunter2"))
        }
    }

    @Test(
        "what libpq connects with is taken",
        arguments: [
            "", "postgres://", "host=db", "host=a,b port=1,2 target_session_attrs=read-write", "host=a,b port=5432",
            "hostaddr=10.0.0.1 host=db sslmode=verify-full", "postgres://u:p%40ss@a:1,b:2/d?connect_timeout=3",
            "host=/var/run/postgresql dbname='a b' options='-c work_mem=5MB'",
        ]
    )
    func readable(text: String) throws {
        #expect(try Self.read(text) == text)
    }
}
