// swift-tools-version: 6.2

import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// simdjson chooses its kernel at compile time; every x86-64 server since 2010 has westmere's set.
#if arch(x86_64)
    let kernel: [CXXSetting] = [.unsafeFlags(["-march=westmere"])]
#else
    let kernel: [CXXSetting] = []
#endif

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(
    name: "HummingbirdCore", package: "hummingbird")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let asyncHTTPClient: Target.Dependency = .product(
    name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

/// A library in `Sources/`, with the house's settings.
func room(
    _ name: String, _ dependencies: [Target.Dependency], docs: [String] = [],
    resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)",
        exclude: ["README.md"] + docs, resources: resources, swiftSettings: house)
}

/// The tests of one room, in `Tests/`, with its golden files beside them.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
        resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: house)
}

let package = Package(
    name: "tallystick",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tallystick", targets: ["tallystick"]),
        .library(name: "TallystickClient", targets: ["TallystickClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "CSimdJSON", path: "Sources/CSimdJSON", cxxSettings: kernel,
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "CSQLite", path: "Sources/CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "CSHA256", path: "Sources/CSHA256", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CZlib", path: "Sources/CZlib", linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CPrefetch", path: "Sources/CPrefetch"),
        .target(name: "CCurl", path: "Sources/CCurl", linkerSettings: [.linkedLibrary("curl")]),

        room("JSON", ["CSimdJSON"]),
        room("Billing", ["JSON", "CSHA256"], docs: ["Pricing/Docs"]),
        room("FunctionKit", ["JSON", "Billing", logging]),
        room("Ledger", ["JSON", "Billing"]),
        room("SQLite", ["CSQLite"]),
        room("Audit", ["Billing", "JSON", "SQLite"]),
        room("LedgerSQLite", ["Billing", "Ledger", "JSON", "SQLite", "CPrefetch", logging]),
        room("Curl", ["CCurl"]),
        room("Webhooks", ["Curl", "JSON", crypto, mustache]),
        room(
            "Documents", ["JSON", "Billing", mustache],
            resources: [.embedInCode("Page/invoice.mustache"), .embedInCode("Page/invoice.css")]),

        .target(
            name: "Functions",
            dependencies: [
                "JSON", "Billing", "Audit", "FunctionKit", "Ledger", "Webhooks", logging,
            ],
            path: "Functions", exclude: ["README.md"], swiftSettings: house),
        .executableTarget(
            name: "tallystick",
            dependencies: [
                "JSON", "Billing", "Audit", "FunctionKit", "Ledger", "LedgerSQLite", "Curl",
                "Webhooks", "Functions", "Documents", "CZlib", hummingbird, hummingbirdCore, nio,
                httpTypes, lifecycle, signals, arguments, logging, "Yams",
            ],
            path: "LocalRuntime", exclude: ["README.md", "Demo"],
            resources: [.embedInCode("Evidence/verify.py")]
                + [
                    "base", "catalog", "customers", "deliveries", "events", "invoices",
                    "operations", "prices", "usage", "webhooks",
                ].map { .embedInCode("OpenAPI/\($0).yaml") },
            swiftSettings: house),
        .executableTarget(
            name: "tallystick-demo",
            dependencies: [
                "JSON", "Billing", "Curl", "Documents", "Webhooks", hummingbird, nio, httpTypes,
                logging,
            ],
            path: "LocalRuntime/Demo", resources: [.embedInCode("sample-catalog.yaml")],
            swiftSettings: house),

        // No room's, so that other packages can build it without simdjson's flags.
        .target(
            name: "TallystickClient",
            dependencies: [asyncHTTPClient, nio, nioHTTP1, crypto, logging],
            path: "SDK/swift", exclude: ["README.md", "Examples"], swiftSettings: house),
        .executableTarget(
            name: "example-active-users", dependencies: ["TallystickClient"],
            path: "SDK/swift/Examples/ActiveUsers", swiftSettings: house),

        .target(name: "CAllocations", path: "Benchmarks/CAllocations"),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "Billing", "JSON", "Ledger", "LedgerSQLite", "SQLite", "CAllocations", "CCurl",
                "TestRandom", "Webhooks", arguments, logging,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            path: "Benchmarks", exclude: ["README.md", "CAllocations", "python-requirements.txt"],
            swiftSettings: house),

        .target(
            name: "CTestTLS", path: "Tests/CTestTLS",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(
            name: "SocketServer", dependencies: ["CTestTLS"], path: "Tests/SocketServer",
            swiftSettings: house),
        .target(name: "TestRandom", path: "Tests/TestRandom", swiftSettings: house),
        .target(
            name: "CFaultVFS", path: "Tests/CFaultVFS",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "FaultDisk", dependencies: ["CFaultVFS"], path: "Tests/FaultDisk",
            swiftSettings: house),
        .target(
            name: "LedgerScene",
            dependencies: ["Billing", "JSON", "Ledger", "LedgerSQLite", "SQLite", logging],
            path: "Tests/LedgerScene", swiftSettings: house),
        .executableTarget(
            name: "simulation",
            dependencies: [
                "Audit", "Billing", "FaultDisk", "FunctionKit", "Functions", "JSON", "Ledger",
                "LedgerSQLite", "SQLite", "TestRandom", arguments, logging,
            ],
            path: "Tests/Simulation/Driver", swiftSettings: house),
        tests(
            "Audit",
            [
                "Audit", "Billing", "JSON", "Ledger", "LedgerSQLite", "LedgerScene", "SQLite",
                "TestRandom",
            ]),
        tests("JSON", ["JSON"]),
        tests(
            "Billing", ["Billing", "JSON", "BigInt", "CAllocations", "TestRandom"], fixtures: true),
        tests("Curl", ["Curl", "SocketServer"]),
        tests("Documents", ["Documents", "JSON", "TestRandom", crypto], fixtures: true),
        tests("Webhooks", ["Webhooks", "Curl", "JSON", "SocketServer", "TestRandom", crypto]),
        tests("Runs", ["LedgerSQLite", "SQLite", "TestRandom"]),
        tests(
            "Ledger",
            [
                "Billing", "JSON", "Ledger", "LedgerSQLite", "LedgerScene", "SQLite", "TestRandom",
                logging,
            ]),
        tests(
            "Crash",
            [
                "Billing", "CFaultVFS", "FaultDisk", "JSON", "Ledger", "LedgerSQLite",
                "LedgerScene",
                "SQLite", "TestRandom",
            ]),
        tests(
            "Functions",
            [
                "Billing", "JSON", "FunctionKit", "Functions", "Ledger", "LedgerSQLite", "Webhooks",
                logging,
            ]),
        tests(
            "Runtime",
            [
                "tallystick", "tallystick-demo", "SocketServer", "JSON", "Billing", "FunctionKit",
                "Functions", "Ledger", "SQLite", "Curl", "Webhooks", httpTypes, logging, lifecycle,
            ]),
        tests("Import", ["tallystick", "JSON"]),
        tests(
            "Client",
            [
                "TallystickClient", "example-active-users", "tallystick", "tallystick-demo", "Curl",
                "SocketServer",
                "TestRandom", crypto,
            ]),
        tests(
            "EndToEnd",
            [
                "tallystick", "tallystick-demo", "simulation", "Billing", "Curl", "JSON", "SQLite",
                "SocketServer", "Webhooks",
            ]),
    ],
    cxxLanguageStandard: .cxx17
)
