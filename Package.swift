// swift-tools-version: 6.2
import PackageDescription

/// Every target speaks the same dialect: Swift 6 mode with the upcoming features that make imports and isolation
/// explicit, and no warning left standing.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A module of the library: a target in `Sources/` with the common settings.
func module(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// A program: an executable target in `Sources/` with the common settings.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// What several test targets share: a target in `Tests/Support/` with the common settings, which no product exports.
func testSupport(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: settings)
}

/// The tests of a module: a target in `Tests/` with the common settings.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "postroom",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Postroom", targets: ["Postroom"]),
        .library(name: "PostroomTesting", targets: ["PostroomTesting"]),
        .executable(name: "postroom", targets: ["PostroomTool"]),
        .executable(name: "example-worker", targets: ["ExampleWorker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CLibPQ",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(
            name: "CLibYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]
        ),
        module("PostgresClient", ["CLibPQ", "CLibrary", logging]),
        module("CLibrary", []),
        module("YAMLReader", ["CLibYAML"]),
        module("PostroomCore", ["CLibrary", crypto, logging, tracing]),
        module(
            "PostroomSources",
            ["PostroomCore", crypto],
            exclude: [
                "Anthropic/Anthropic.events", "CATALOGUE.md", "Dynamic/Dynamic.events", "Nyuchi/Nyuchi.events",
                "Wacht/Wacht.events", "Wakit/Wakit.events",
            ]
        ),
        module("PostroomInbox", ["PostroomCore", "PostgresClient", crypto, logging]),
        module(
            "PostroomReceiver",
            [
                "CLibrary", "PostroomCore", "PostroomSources", crypto, logging, metrics, nioCore, nioHTTP1,
                nioPosix, nioSSL, serviceLifecycle, tracing,
            ]
        ),
        module("PostroomWorker", ["PostroomCore", deque, logging, metrics, serviceLifecycle, tracing]),
        module(
            "PostroomAdmin",
            ["PostroomCore", hummingbird, logging, metrics, nioCore, serviceLifecycle]
        ),
        module(
            "PostroomConsole",
            ["PostroomAdmin", "PostroomCore", "PostroomInbox", "PostroomSources", crypto, logging, serviceLifecycle],
            exclude: ["Assets"]
        ),
        module(
            "PostroomForwarders",
            [
                "CLibrary", "PostroomCore", "PostroomSources", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL,
                serviceLifecycle, subprocess, systemPackage,
            ]
        ),
        module("PrivatePostgres", ["CLibrary", subprocess, systemPackage]),
        module(
            "PostroomChaos",
            [
                "CLibrary", "PostgresClient", "PostroomCore", "PostroomInbox", "PostroomSources",
                "PrivatePostgres", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, nioPosix, subprocess,
                systemPackage,
            ]
        ),
        module(
            "PostroomBench",
            [
                "CLibrary", "PostgresClient", "PostroomAdmin", "PostroomConsole", "PostroomCore", "PostroomInbox",
                "PostroomReceiver", "PostroomSources", "PostroomWorker", "PrivatePostgres", histogram, logging, nioCore,
                nioPosix, subprocess, systemPackage,
            ]
        ),
        module(
            "PostroomConfiguration",
            [
                "CLibrary", "PostgresClient", "PostroomAdmin", "PostroomCore", "PostroomInbox", "PostroomReceiver",
                "PostroomSources", "PostroomWorker", "YAMLReader", logging,
            ]
        ),
        module(
            "PostroomCLI",
            [
                "CLibrary", "PostgresClient", "PostroomAdmin", "PostroomConfiguration", "PostroomConsole",
                "PostroomCore",
                "PostroomForwarders",
                "PostroomInbox", "PostroomReceiver", "PostroomSources", "PostroomWorker", "PrivatePostgres",
                argumentParser, asyncHTTPClient, hummingbird, logging, metrics, nioCore, nioHTTP1, nioPosix,
                serviceLifecycle,
                systemPackage,
                unixSignals,
            ]
        ),
        module(
            "Postroom",
            [
                "PostroomCLI", "PostroomConfiguration", "PostroomCore", "PostroomInbox", "PostroomReceiver",
                "PostroomSources", configuration, hummingbird,
                logging, metrics,
                serviceLifecycle,
            ]
        ),
        module("PostroomTesting", ["PostroomCore", "PostroomSources", "PostroomWorker", logging]),
        program(
            "PostroomTool",
            [
                "CLibrary", "PostroomBench", "PostroomChaos", "PostroomCLI", "PostroomConfiguration", "PostroomCore",
                "PostroomReceiver", argumentParser, logging, serviceLifecycle, systemPackage, unixSignals,
            ]
        ),
        .executableTarget(
            name: "ExampleWorker",
            dependencies: ["Postroom"],
            path: "deploy/template/Sources/AcmeWorker",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ExampleShop",
            dependencies: [
                "Postroom", configuration, hummingbird, inMemoryTracing, logging, metrics, metricsTestKit, tracing,
            ],
            path: "deploy/examples/Shop",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ExampleLedger",
            dependencies: ["CPostgres", "Postroom"],
            path: "deploy/examples/Ledger",
            swiftSettings: settings
        ),
        .systemLibrary(name: "CPostgres", path: "deploy/examples/CPostgres", pkgConfig: "libpq"),
        // The package of a producer outside the tree, built with our own modules: from scratch it would take minutes.
        .executableTarget(
            name: "OutsideWorker",
            dependencies: ["Postroom"],
            path: "Tests/Packages/PartnerWorker/Sources/PartnerWorker",
            swiftSettings: settings
        ),
        .testTarget(
            name: "OutsideWorkerTests",
            dependencies: ["OutsideWorker", "Postroom", "PostroomTesting"],
            path: "Tests/Packages/PartnerWorker/Tests/PartnerWorkerTests",
            swiftSettings: settings + [.unsafeFlags(["-module-alias", "PartnerWorker=OutsideWorker"])]
        ),
        program("StatementBundler", ["CLibrary"]),
        tests("PostgresClientTests", ["CLibPQ", "PostgresClient", "PrivatePostgres", logging]),
        tests("YAMLReaderTests", ["YAMLReader"]),
        tests("PrivatePostgresTests", ["PostgresClient", "PrivatePostgres", subprocess, systemPackage, logging]),
        tests("PostroomCoreTests", ["PostroomCore", logging]),
        tests("PostroomSourcesTests", ["PostroomCore", "PostroomSources", crypto]),
        tests(
            "PostroomInboxTests",
            ["PostgresClient", "PostroomCore", "PostroomInbox", "TestSupport", logging]
        ),
        tests(
            "PostroomReceiverTests",
            [
                "PostroomCore", "PostroomReceiver", inMemoryTracing, logging, metrics, nioCore, nioHTTP1, nioPosix,
                nioSSL, serviceLifecycle, subprocess, systemPackage, tracing,
            ]
        ),
        tests(
            "PostroomWorkerTests",
            [
                "PostroomCore", "TestSupport", "PostroomWorker", inMemoryTracing, logging, metrics, serviceLifecycle,
                tracing,
            ]
        ),
        tests(
            "PostroomForwardersTests",
            [
                "CLibrary", "PostroomCore", "PostroomForwarders", "PostroomSources", logging, nioCore, nioHTTP1,
                nioPosix, nioSSL, serviceLifecycle, subprocess, systemPackage,
            ]
        ),
        tests(
            "GuideTests",
            ["Postroom", "PostroomTesting", configuration, hummingbird, metrics, systemPackage, tracing, unixSignals]
        ),
        tests(
            "PostroomTests",
            ["Postroom", configuration, hummingbird, hummingbirdTesting, logging, serviceLifecycle]
        ),
        tests("PostroomTestingTests", ["Postroom", "PostroomTesting"]),
        tests(
            "PostroomAdminTests",
            ["PostroomAdmin", "PostroomCore", logging, metrics, nioCore, nioPosix, serviceLifecycle]
        ),
        tests(
            "PostroomConsoleTests",
            [
                "PostroomAdmin", "PostroomConsole", "PostroomCore", "PostroomInbox", "PostroomSources", "TestSupport",
                logging, metrics,
            ]
        ),
        tests(
            "PostroomConfigurationTests",
            [
                "PostroomAdmin", "PostroomConfiguration", "PostroomCore", "PostroomInbox", "PostroomReceiver",
                "PostroomSources", "PostroomWorker", logging,
            ]
        ),
        tests(
            "PostroomCLITests",
            [
                "PostroomAdmin", "PostroomCLI", "PostroomConfiguration", "PostroomCore", "PostroomInbox",
                "PostroomReceiver", "PostroomSources", "PostroomWorker", argumentParser, logging,
            ]
        ),
        tests("PostroomToolTests", ["PostroomCLI", "PostroomTool", argumentParser]),
        tests("PostroomBenchTests", ["PostroomBench", "PostroomCore", "PostroomReceiver", logging]),
        .testTarget(
            name: "ExampleWorkerTests",
            dependencies: ["ExampleWorker", "Postroom", "PostroomTesting"],
            path: "deploy/template/Tests/AcmeWorkerTests",
            // The module has another name here than in a user's package, whose targets may not be called like ours.
            swiftSettings: settings + [.unsafeFlags(["-module-alias", "AcmeWorker=ExampleWorker"])]
        ),
        tests("StatementBundlerTests", ["StatementBundler"]),
        tests(
            "ModelTests",
            [
                "PostroomCore", "PostroomSources", "TestSupport", "PostroomWorker", logging,
                metrics,
            ]
        ),
        tests(
            "ChaosTests",
            [
                "PostroomChaos", "PostroomCore", "PostroomSources", "PostroomTool", subprocess,
                systemPackage,
            ]
        ),
        .executableTarget(
            name: "TestWorker",
            dependencies: ["Postroom", metrics],
            path: "Tests/Support/TestWorker",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "InstanceWorker",
            dependencies: ["Postroom"],
            path: "Tests/Support/InstanceWorker",
            // The compiler warns of sources that only an instance knows; they work all the same.
            swiftSettings: settings + [.treatWarning("DeprecatedDeclaration", as: .warning)]
        ),
        testSupport(
            "TestSupport",
            ["PostgresClient", "PostroomCore", "PostroomInbox", "PrivatePostgres", logging]
        ),
        testSupport(
            "ProgramHarness",
            [
                "CLibrary", "PostgresClient", "PostroomCore", "PostroomSources", "TestSupport", asyncHTTPClient,
                nioCore,
                nioHTTP1, subprocess, systemPackage,
            ]
        ),
        tests(
            "EndToEndTests",
            [
                "PostroomAdmin", "PostroomCore", "PostroomInbox", "PostroomReceiver", "PostroomSources",
                "TestSupport", "PostroomTool", "PrivatePostgres", "ProgramHarness", "TestWorker", "ExampleLedger",
                "ExampleShop", "InstanceWorker", "OutsideWorker", nioCore,
                serviceLifecycle, subprocess, systemPackage,
            ],
            exclude: ["Console/browser.py"]
        ),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "PostgresClient", "PostroomCore", "TestSupport", "PostroomTool", "PrivatePostgres", "ProgramHarness",
                "TestWorker", nioCore, subprocess, systemPackage,
            ],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
    ]
)
