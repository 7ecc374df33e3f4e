import Testing

@testable import StatementBundler

struct HeaderTests {
    private static func read(_ text: String) throws(Mistake) -> StatementFile {
        try StatementFile(name: "claim", path: "claim.sql", text: text)
    }

    @Test("a whole header is understood")
    func wholeHeader() throws {
        let file = try Self.read(
            """
            -- claim: Leases batches.
            -- To one worker.
            --
            -- Oldest first.
            -- $1 worker WorkerID
            -- $2 event_types text?[]
            -- $3..$4 owed Owed[]: delivery DeliveryID,
            --     due_in interval?
            -- $5..$6 filter Filter: handler HandlerName?, ids int8[]?
            -- rows: id BatchID, received_at timestamptz?,
            --       names HandlerName[]
            -- uses: batch_pkey, delivery_pkey
            -- plan: no seq scan
            SELECT $1,
                $2, $3, $4, $5, $6;

            """
        )
        #expect(file.prose == ["Leases batches. To one worker.", "Oldest first."])
        #expect(file.parameters.map(\.name) == ["worker", "event_types", "owed", "filter"])
        #expect(file.parameters.map(\.line) == [5, 6, 7, 9])
        #expect(
            file.parameters.flatMap(\.fields).map(\.type.swiftType) == [
                "WorkerID", "[String?]", "DeliveryID", "Duration?", "HandlerName?", "[Int64]?",
            ]
        )
        #expect(file.columns.map(\.name) == ["id", "received_at", "names"])
        #expect(file.columns.map(\.type.swiftType) == ["BatchID", "Timestamp?", "[HandlerName]"])
        #expect(file.indexes == ["batch_pkey", "delivery_pkey"])
        #expect(file.planHints == ["no seq scan"])
        #expect(file.sql == "SELECT $1,\n    $2, $3, $4, $5, $6;")
    }

    @Test(
        "these are accepted",
        arguments: [
            "-- claim: Does it.\nSELECT 1",
            "-- claim: Does it.\n-- rows: none\nSELECT 1",
            "-- claim: Does it.\n-- $1 a int8\nSELECT $1 -- and not $2; or postroom's\n",
            "-- claim: Does it.\n-- $1 a int8\nSELECT '$2; postroom' || 'it''s $3', $1",
            "-- claim: Does it.\n-- $1 a int8\nSELECT /* $2 /* ; */ postroom */ $1",
            "-- claim: Does it.\nSELECT E'\\'; postroom $1'",
            "-- claim: Does it.\nSELECT * FROM postroom.batch",
            "-- claim: Does it.\nNOTIFY postroom;",
            "-- claim: Does it.\nLISTEN \"postroom\"",
        ]
    )
    func accepted(text: String) throws {
        #expect(throws: Never.self) { try Self.read(text) }
    }

    @Test(
        "these are refused, with file and line",
        arguments: [
            ("SELECT 1", "claim.sql:1: there is no header"),
            ("-- \nSELECT 1", "claim.sql:1: the header does not start with the name"),
            ("-- Claims batches.\nSELECT 1", "claim.sql:1: the header does not start with the name"),
            ("-- claims: Does it.\nSELECT 1", "claim.sql:1: the header names `claims`, the file `claim`"),
            ("-- claim: Does it.\n", "claim.sql:2: there is no SQL"),
            ("-- claim: Does it.\n-- $2 a int8\nSELECT $2", "claim.sql:2: `$2 a int8` is out of order"),
            ("-- claim: Does it.\n-- $1 a\nSELECT $1", "claim.sql:2: `a` is not a name and a type"),
            ("-- claim: Does it.\n-- $1 a bigint\nSELECT $1", "claim.sql:2: `bigint` is not a known type"),
            ("-- claim: Does it.\n-- $1 a text?[]?\nSELECT $1", "claim.sql:2: `text?[]?` is not a known type"),
            ("-- claim: Does it.\n-- $1 a text[][]\nSELECT $1", "claim.sql:2: `text[][]` is not a known type"),
            ("-- claim: Does it.\n-- $1 a Delivery-ID\nSELECT $1", "claim.sql:2: `Delivery-ID` is not a known type"),
            ("-- claim: Does it.\n-- $2..$3 a A[]: b int8, c int8\nSELECT $2, $3", "claim.sql:2: `$2..$3 a"),
            ("-- claim: Does it.\n-- $1..$2 a A[]\nSELECT $1, $2", "claim.sql:2: `$1..$2 a A[]` has no members"),
            ("-- claim: Does it.\n-- $1..$3 a A[]: b int8, c int8\nSELECT $1", "claim.sql:2: `a` stands for 3"),
            ("-- claim: Does it.\n-- $1..$2 a A[]: b int8,\n-- b int8\nSELECT $1, $2", "claim.sql:3: two members"),
            ("-- claim: Does it.\n-- $1..$1 a A[]: b int8[]\nSELECT $1", "claim.sql:2: `b` would be an array of"),
            ("-- claim: Does it.\n-- $1..$1 a int8[]: b int8\nSELECT $1", "claim.sql:2: the type of `a` can't have"),
            ("-- claim: Does it.\n-- $1..$1 a A?: b int8\nSELECT $1", "claim.sql:2: the type of `a` can't have"),
            ("-- claim: Does it.\n-- $1..$1 a A[]: b int8,\nSELECT $1", "claim.sql:1: the header ends with a comma"),
            ("-- claim: Does it.\n-- $1 A text\nSELECT $1", "claim.sql:2: `A` is not a name"),
            ("-- claim: Does it.\n-- $1 a__b text\nSELECT $1", "claim.sql:2: `a__b` is not a name"),
            ("-- claim: Does it.\n-- $1 a int8\n-- $2 a int8\nSELECT $1, $2", "claim.sql:3: two parameters are called"),
            ("-- claim: Does it.\n-- rows: a int8, a text\nSELECT 1", "claim.sql:2: two columns are called `a`"),
            ("-- claim: Does it.\n-- rows: a int8,\nSELECT 1", "claim.sql:1: the header ends with a comma"),
            (
                "-- claim: Does it.\n-- uses: a\n-- $1 a int8\nSELECT $1",
                "claim.sql:3: a parameter stands below `uses:`"
            ),
            ("-- claim: Does it.\n-- uses: a\n-- Prose.\nSELECT 1", "claim.sql:3: `Prose.` is neither"),
            ("-- claim: Does it.\n-- access: public\nSELECT 1", "claim.sql:2: `public` is no access"),
            ("-- claim: Does it.\nSELECT\n $1", "claim.sql:3: the SQL uses $1, which the header does not"),
            ("-- claim: Does it.\n-- $1 a int8\nSELECT $1, $12", "claim.sql:3: the SQL uses $12"),
            ("-- claim: Does it.\n-- $1 a int8\nSELECT '$1'", "claim.sql:2: the header declares $1, which the SQL"),
            ("-- claim: Does it.\nSELECT 1;\nSELECT 2", "claim.sql:3: a second statement starts here"),
            ("-- claim: Does it.\nSELECT 1\nFROM postroom", "claim.sql:3: `postroom` stands here"),
            ("-- claim: Does it.\nSELECT * FROM Postroom.batch", "claim.sql:2: `postroom` stands here"),
            ("-- claim: Does it.\nSELECT * FROM \"postroom\".batch", "claim.sql:2: `postroom` stands here"),
            ("-- claim: Does it.\nSELECT * FROM my_postroom.batch", "claim.sql:2: `postroom` stands here"),
            ("-- claim: Does it.\nNOTIFY postroom_work", "claim.sql:2: `postroom` stands here"),
        ]
    )
    func refused(text: String, message: String) {
        let mistake = #expect(throws: Mistake.self) { try Self.read(text) }
        #expect(mistake?.description.hasPrefix(message) == true, "\(String(describing: mistake))")
        #expect(mistake?.advice.isEmpty == false)
    }
}
