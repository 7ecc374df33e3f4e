import FoundationEssentials
import PostroomCore
import PostroomSources
import ProgramHarness
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Requests of the producers' own libraries")
struct ProducerTests {
    /// A request that `deploy/lib/producers.py` printed.
    private struct Request: Decodable {
        let source: String
        let secret: String
        let url: String
        let headers: [[String]]
        let body: String
        /// The answer of a handshake.
        let answer: String?
    }

    private static let file = getenv("POSTROOM_PRODUCER_REQUESTS").map { String(cString: $0) }

    /// One endpoint for each request, with its secret and the URL that it was signed for; the time of signing may be long
    /// ago by the time the test runs.
    private static func configuration(_ requests: [Request], _ database: String) -> String {
        let endpoints = requests.enumerated()
            .map { index, request in
                let definition = SourceRegistry.builtIn.definition(of: Source(rawValue: request.source))
                let signsURL = ["square", "hubspot", "twilio"].contains(request.source)
                let url = signsURL ? ", url: \"\(request.url.prefix { $0 != "?" })\"" : ""
                let tolerance = definition?.tolerance == nil ? "" : ", tolerance: 1d"
                return "  e\(index): {source: \(request.source), secrets: [\"env:E2E_\(index)\"]\(url)\(tolerance)}"
            }
        return """
            database: {url: "\(database)"}
            receiver: {host: 127.0.0.1, port: 0}
            admin: {host: 127.0.0.1, port: 0}
            endpoints:
            \(endpoints.joined(separator: "\n"))
              whatsapp: {source: meta, secrets: ["env:E2E_0"], handshake-tokens: ["env:E2E_SECRET"]}
            log: {format: json}
            """
    }

    @Test(
        "are accepted by the running program, their handshakes answered, and tampered ones refused",
        .enabled(if: ProducerTests.file != nil, "needs the file that deploy/lib/producers.py prints")
    )
    func accepted() async throws {
        let requests = try TestFolder.read(Self.file ?? "").split(separator: "\n")
            .map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
        #expect(requests.count > 20)
        try await Scene.with { scene in
            try scene.folder.write(
                Self.configuration(requests, scene.database.connectionString),
                to: "postroom.yaml"
            )
            var environment = scene.environment
            for (index, request) in requests.enumerated() {
                environment["E2E_\(index)"] = request.secret
            }
            try await scene.serve(role: "receiver", environment: environment) { program in
                let sender = Sender(port: try await program.receiverPort())
                for (index, request) in requests.enumerated() {
                    let place = "e\(index)\(request.url.drop { $0 != "?" })"
                    let headers = request.headers.map { (name: $0[0], value: $0[1]) }
                    // GitLab signs nothing, Mailgun only what stands beside its signature.
                    let changed =
                        request.source == "mailgun" ? request.body.replacing("tttt", with: "uuuu") : request.body + " "
                    if request.source != "gitlab" {
                        let refused = try await sender.post(headers, Array(changed.utf8), to: place)
                        #expect(refused.status == 401, "\(request.source)")
                    }
                    let answer = try await sender.post(headers, Array(request.body.utf8), to: place)
                    #expect(answer.status == 200, "\(request.source)")
                    if let expected = request.answer {
                        #expect(answer.body == expected)
                    } else {
                        #expect(answer.isDuplicate == false, "\(request.source)")
                    }
                }
                let query = "hub.mode=subscribe&hub.challenge=42&hub.verify_token="
                let meta = try await Sender.get("/hooks/whatsapp?\(query)\(Sender.secret)", port: sender.port)
                #expect(meta.status == 200 && meta.body == "42")
                #expect(try await Sender.get("/hooks/whatsapp?\(query)x", port: sender.port).status == 401)
                let stored = requests.count { $0.answer == nil }
                #expect(try await scene.database.count("SELECT count(*) FROM postroom.delivery") == stored)
            }
        }
    }
}
