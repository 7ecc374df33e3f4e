// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "partner-worker",
    platforms: [.macOS(.v15)],
    dependencies: [.package(path: "../postroom")],
    targets: [
        .executableTarget(name: "PartnerWorker", dependencies: [.product(name: "Postroom", package: "postroom")]),
        .testTarget(
            name: "PartnerWorkerTests",
            dependencies: ["PartnerWorker", .product(name: "PostroomTesting", package: "postroom")]
        ),
    ]
)
