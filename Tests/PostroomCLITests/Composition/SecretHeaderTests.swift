import PostroomConfiguration
import PostroomReceiver
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("A header that carries an endpoint's secret")
struct SecretHeaderTests {
    @Test(
        "is not kept, where the scheme has one",
        arguments: [
            ("source: bearer", ["authorization"]), ("source: hmac-sha256", []), ("source: dynamic", []),
        ]
    )
    func endpoint(settings: String, headers: [String]) throws {
        let loaded = try load("endpoints: {a: {\(settings), secrets: [env:A]}}")
        let endpoint = try #require(
            try EndpointAssembly.endpoints(loaded, sources: .builtIn, environment: ["A": "secret-of-a"]).first
        )
        #expect(endpoint.secretHeaders == headers)
    }

    @Test(
        "can't be what names a delivery",
        arguments: ["idempotency-key: {header: AUTHORIZATION}", "event-type: {header: authorization}"]
    )
    func named(setting: String) throws {
        let loaded = try load("endpoints: {a: {source: bearer, secrets: [env:A], \(setting)}}")
        let error = #expect(throws: InvalidConfiguration.self) {
            try EndpointAssembly.endpoints(loaded, sources: .builtIn, environment: ["A": "secret-of-a"])
        }
        #expect(error?.problems.count == 1)
        let told = error?.problems.first?.description ?? ""
        #expect(told.contains("header that carries the secret"))
    }
}
