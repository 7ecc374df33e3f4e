import ArgumentParser
import PostroomBench

/// Where a bench runs.
struct BenchPlaceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A database to use in place of a private server; needs --allow-load.",
            discussion: "The bench makes the schema postroom_bench there and drops it afterwards.",
            valueName: "url"
        )
    )
    var database: String?

    @Flag(name: .long, help: "Allow it to load the database given with --database as heavily as it can.")
    var allowLoad = false

    func validate() throws {
        if database != nil, !allowLoad {
            throw ValidationError(
                "a bench takes all that the server has from everybody who uses it; say --allow-load if that is all right"
            )
        }
        if database == nil, allowLoad {
            throw ValidationError("--allow-load goes with --database")
        }
    }

    func apply(to options: inout BenchOptions) {
        if let database {
            options.database = .existing(connectionString: database)
        }
    }
}
