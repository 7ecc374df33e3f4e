// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "acme-worker",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "acme-worker", targets: ["AcmeWorker"])
    ],
    dependencies: [
        // Postroom's checkout, beside this package; or `.package(url: …, from: …)` with the address that you cloned.
        .package(path: "../postroom")
    ],
    targets: [
        .executableTarget(
            name: "AcmeWorker",
            dependencies: [.product(name: "Postroom", package: "postroom")]
        ),
        .testTarget(
            name: "AcmeWorkerTests",
            dependencies: [
                "AcmeWorker",
                .product(name: "Postroom", package: "postroom"),
                .product(name: "PostroomTesting", package: "postroom"),
            ]
        ),
    ]
)
