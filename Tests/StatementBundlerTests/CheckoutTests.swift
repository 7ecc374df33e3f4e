import FoundationEssentials
import Testing

@testable import StatementBundler

/// A checkout in a folder of its own, removed at the end.
private final class TemporaryCheckout {
    let root: String

    init(_ files: [String: String]) throws {
        root = "\(FileManager.default.temporaryDirectory.path)/bundler-\(UUID().uuidString)"
        for folder in [Checkout.statements, Checkout.migrations, "\(Checkout.sources)/Acme"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        for (path, text) in files {
            try write(text, to: path)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    var checkout: Checkout {
        Checkout(root: root)
    }

    func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"))
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: "\(root)/\(path)")
    }
}

struct CheckoutTests {
    private static let files = [
        "sql/statements/wake.sql": "-- wake: Wakes.\nNOTIFY postroom;\n",
        "sql/statements/beat.sql": "-- beat: Beats.\nSELECT 1\n",
        "sql/migrations/0001_inbox.sql": "-- Makes the inbox.\nCREATE TABLE postroom.inbox ();\n",
    ]
    private static let generated = "Sources/PostroomInbox/Generated"

    @Test("what was written is not stale, whatever was there before")
    func writeThenCheck() throws {
        let folder = try TemporaryCheckout(Self.files)
        let files = try folder.checkout.render()
        #expect(files.count == 4)
        #expect(throws: BundlerFailure.self) { try folder.checkout.check(files) }
        try folder.checkout.write(files)
        try folder.checkout.check(files)
    }

    @Test("a changed, a missing and a left-over file are named as stale")
    func stale() throws {
        let folder = try TemporaryCheckout(Self.files)
        try folder.checkout.write(folder.checkout.render())
        try folder.write("-- beat: Beats.\nSELECT 2\n", to: "sql/statements/beat.sql")
        try folder.remove("\(Self.generated)/Migrations.swift")
        try folder.remove("sql/statements/wake.sql")

        let files = try folder.checkout.render()
        let stale = folder.checkout.staleness(of: files)
        #expect(
            stale.outdated == [
                "\(Self.generated)/BundledStatements.swift",
                "\(Self.generated)/Migrations.swift",
                "\(Self.generated)/Statements/Beat.swift",
            ]
        )
        #expect(stale.orphaned == ["\(Self.generated)/Statements/Wake.swift"])

        try folder.checkout.write(files)
        #expect(folder.checkout.staleness(of: files) == Staleness())
    }

    @Test("a changed table is stale in its Swift file and in the catalogue's page, and so is a left-over Swift file")
    func staleTable() throws {
        let folder = try TemporaryCheckout(Self.files)
        let table = "\(Checkout.sources)/Acme/Acme.events"
        let head = "source acme Acme\n    notice: Notice = Notice()\nobject ping\n    sample: a\n"
        try folder.write("## acme\n- Signed by: nobody\n", to: Checkout.catalogue)
        try folder.write("\(head)event ping Ping ping: it was tried\n", to: table)
        try folder.checkout.write(folder.checkout.render())
        try folder.checkout.check(folder.checkout.render())

        try folder.write("\(head)event ping Ping ping: it was tried again\n", to: table)
        let swift = "\(Checkout.sources)/Acme/Generated/AcmeEvents.swift"
        let unions = "\(Checkout.sources)/Acme/Generated/AcmeUnions.swift"
        try #expect(
            folder.checkout.staleness(of: folder.checkout.render())
                == Staleness(outdated: [swift, unions, Checkout.catalogue])
        )
        try folder.remove(table)
        #expect(try folder.checkout.staleness(of: folder.checkout.render()).orphaned == [swift, unions])
    }

    @Test("the mistakes of several files come together")
    func mistakes() throws {
        let folder = try TemporaryCheckout(Self.files)
        try folder.write("SELECT 1", to: "sql/statements/wake.sql")
        try folder.write("SELECT 1", to: "sql/statements/beat.sql")
        let failure = #expect(throws: BundlerFailure.self) { try folder.checkout.render() }
        #expect(failure?.lines.count == 2)
    }

    @Test("two statements can't share a name in Swift")
    func sharedTypeName() throws {
        let folder = try TemporaryCheckout(Self.files)
        try folder.write("-- a_id: A.\nSELECT 1", to: "sql/statements/a_id.sql")
        try folder.write("-- a_i_d: B.\nSELECT 1", to: "sql/statements/a_i_d.sql")
        let failure = #expect(throws: BundlerFailure.self) { try folder.checkout.render() }
        #expect(failure?.lines.count == 1)
    }

    @Test(
        "these migrations are refused",
        arguments: [
            ("0003_later.sql", "-- Later.\n", "this is version 3, where 2 should follow"),
            ("0001_again.sql", "-- Again.\n", "this is version 1, where 2 should follow"),
            ("2_short.sql", "-- Short.\n", "the file's name is not `NNNN_name.sql`"),
            ("0002-dash.sql", "-- Dash.\n", "the file's name is not `NNNN_name.sql`"),
            ("0002_mute.sql", "SELECT 1;\n", "the migration does not say what it does"),
            ("0002_named.sql", "-- Named.\nDROP SCHEMA postroom;\n", "`postroom` stands here"),
        ]
    )
    func refusedMigration(name: String, text: String, problem: String) throws {
        var files = Self.files
        if name == "0001_again.sql" {
            files["sql/migrations/0001_inbox.sql"] = "-- First.\n"
        }
        let folder = try TemporaryCheckout(files)
        try folder.write(text, to: "sql/migrations/\(name)")
        let failure = #expect(throws: BundlerFailure.self) { try folder.checkout.render() }
        #expect(failure?.lines.first?.contains(problem) == true, "\(String(describing: failure))")
    }

    @Test(
        "a migration says which programs go on working beside it",
        arguments: [
            ("-- Fourth.\n-- Works with programs from version 2.\n", 2, nil),
            ("-- Fourth.\n", nil, "does not say which"),
            ("-- Fourth.\n-- Works with programs from version 5.\n", nil, "no version from 1 to 4"),
            ("-- Fourth.\n-- Works with programs from version all.\n", nil, "no version from 1 to 4"),
            ("-- Fourth.\n\n-- Works with programs from version 2.\n", nil, "does not say which"),
        ] as [(String, Int32?, String?)]
    )
    func oldestProgram(text: String, oldest: Int32?, problem: String?) throws {
        do throws(Mistake) {
            let file = try MigrationFile(fileName: "0004_fourth.sql", path: "0004_fourth.sql", text: text)
            #expect(file.oldestProgram == oldest)
        } catch {
            #expect(error.description.contains(problem ?? "nothing"), "\(error)")
        }
        let third = try MigrationFile(fileName: "0003_third.sql", path: "0003_third.sql", text: "-- Third.\n")
        #expect(third.oldestProgram == 3)
    }

    @Test("a folder that is no checkout is a clear failure")
    func noCheckout() {
        let failure = #expect(throws: BundlerFailure.self) { try Checkout(root: "/nowhere").render() }
        #expect(failure?.lines.first?.hasPrefix("there is no /nowhere/sql/statements") == true)
    }

    @Test(
        "the command line is read",
        arguments: [
            ([], false, "."), (["--check"], true, "."), (["--check", "x"], true, "x"), (["x", "--check"], true, "x"),
        ] as [([String], Bool, String)]
    )
    func arguments(words: [String], isCheck: Bool, root: String) {
        let arguments = Arguments(words)
        #expect(arguments?.isCheck == isCheck)
        #expect(arguments?.root == root)
    }

    @Test("a wrong command line is refused", arguments: [["--chek"], ["a", "b"]])
    func wrongArguments(words: [String]) {
        #expect(Arguments(words) == nil)
    }
}
