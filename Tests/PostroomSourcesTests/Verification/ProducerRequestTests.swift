import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Requests signed by code that is not ours")
struct ProducerRequestTests {
    private func verdict(
        _ request: ProducerRequest,
        _ secrets: [Secret],
        _ received: WebhookRequest? = nil,
        now: Date = ProducerRequest.sentAt,
        tolerance: Duration? = nil
    ) throws -> Verdict {
        try SourceRegistry.builtIn.verifier(for: request.source, secrets: secrets, tolerance: tolerance)
            .verify(received ?? request.received(), now: now)
    }

    /// A secret of the right form that signed nothing.
    private static func other(_ request: ProducerRequest) -> Secret {
        if request.source == .discord {
            return Secret("d632243a41bd50024bd851088b92b9aefeb3fc2069f071be9d63d52c990afc14")
        }
        return testSecret(request.source, 9)
    }

    @Test("are authentic", arguments: ProducerRequest.all)
    func good(_ request: ProducerRequest) throws {
        #expect(try verdict(request, [Secret(request.secret)]) == .authentic)
    }

    @Test("are authentic as documentation prints them", arguments: ProducerRequest.documented.indices)
    func documented(_ index: Int) throws {
        let (request, now) = ProducerRequest.documented[index]
        #expect(try verdict(request, [Secret(request.secret)], now: unix(now)) == .authentic)
        let spoiled = request.received(body: request.body + "x")
        #expect(try verdict(request, [Secret(request.secret)], spoiled, now: unix(now)) != .authentic)
    }

    @Test(
        "are authentic while a secret is rotated, and refused with another secret alone",
        arguments: ProducerRequest.all
    )
    func rotated(_ request: ProducerRequest) throws {
        let other = Self.other(request)
        #expect(try verdict(request, [other, Secret(request.secret)]) == .authentic)
        #expect(try verdict(request, [Secret(request.secret), other]) == .authentic)
        let expected: [Verdict] = [.refused(.signatureMismatch), .refused(.tokenMismatch)]
        // A key of another kind finds no signature of its version at all.
        let alone = request.secret.hasPrefix("whpk_") ? [.refused(.malformedHeader)] + expected : expected
        #expect(alone.contains(try verdict(request, [other])))
    }

    /// GitLab signs nothing, Mailgun only what stands beside its signature.
    @Test("are refused with another body", arguments: ProducerRequest.all)
    func tampered(_ request: ProducerRequest) throws {
        let tampered =
            request.source == .mailgun
            ? request.body.replacing("tttt", with: "uuuu")
            : request.body.replacing("\"", with: "\" ", maxReplacements: 1)
        let changed = tampered == request.body ? request.body + "&a=b" : tampered
        let expected: Verdict = request.source == .gitlab ? .authentic : .refused(.signatureMismatch)
        #expect(try verdict(request, [Secret(request.secret)], request.received(body: changed)) == expected)
    }

    @Test("are refused once the signed time is too old, where one is signed", arguments: ProducerRequest.all)
    func stale(_ request: ProducerRequest) throws {
        let definition = try #require(SourceRegistry.builtIn.definition(of: request.source))
        let tolerance = definition.tolerance.map { Double($0.past.components.seconds) } ?? 0
        let secrets = [Secret(request.secret)]
        #expect(try verdict(request, secrets, now: ProducerRequest.sentAt + tolerance) == .authentic)
        let late = try verdict(request, secrets, now: ProducerRequest.sentAt + tolerance + 1)
        #expect(late == (definition.tolerance == nil ? .authentic : .refused(.timestampOutsideTolerance)))
    }

    @Test("are refused without their signature, and the header is named", arguments: ProducerRequest.all)
    func missing(_ request: ProducerRequest) throws {
        let verifier = try SourceRegistry.builtIn.verifier(for: request.source, secrets: [Secret(request.secret)])
        let received = WebhookRequest(
            headers: Headers([("content-type", "application/json"), ("x-acme-signature", "abc"), ("cookie", "a=b")]),
            body: Array("{}".utf8)
        )
        #expect(verifier.verify(received, now: ProducerRequest.sentAt) == .refused(.missingHeader))
        let mismatch = verifier.headerMismatch(received.headers)
        guard request.source != .mailgun else { return }
        #expect(mismatch?.missing.isEmpty == false)
        #expect(mismatch?.found == ["x-acme-signature"])
    }

    @Test("a URL that a proxy changed is given by the endpoint", arguments: [Source.square, .hubspot, .twilio])
    func url(_ source: Source) throws {
        for request in ProducerRequest.all where request.source == source {
            let received = request.received()
            let behind = WebhookRequest(
                target: "/internal" + received.target.drop { $0 != "?" },
                headers: Headers(request.headers.map { (name: $0.0, value: $0.1) } + [("host", "10.0.0.1")]),
                body: received.body
            )
            let secrets = [Secret(request.secret)]
            let own = try SourceRegistry.builtIn.verifier(for: source, secrets: secrets)
            #expect(own.verify(behind, now: ProducerRequest.sentAt) == .refused(.signatureMismatch))
            let told = try SourceRegistry.builtIn.verifier(
                for: source,
                secrets: secrets,
                url: "https://hooks.example.com/hooks/in"
            )
            #expect(told.verify(behind, now: ProducerRequest.sentAt) == .authentic)
        }
    }

    /// `deploy/test` signs requests with the newest libraries, and names the file.
    @Test(
        "are authentic from the producers' newest libraries",
        .enabled(if: ProducerRequestTests.freshFile != nil, "needs the file that deploy/lib/producers.py prints")
    )
    func fresh() throws {
        struct Line: Decodable {
            let source: String
            let secret: String
            let url: String
            let headers: [[String]]
            let body: String
            let now: Double
            let signer: String
            /// The answer of a handshake.
            let answer: String?
        }
        let text = try String(contentsOfFile: Self.freshFile ?? "", encoding: .utf8)
        let lines = try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.count { $0.answer == nil } == ProducerRequest.all.count)
        #expect(Set(lines.filter { $0.answer != nil }.map(\.source)) == ["slack", "discord", "zoom"])
        for line in lines {
            let request = ProducerRequest(
                source: Source(rawValue: line.source),
                signer: line.signer,
                secret: line.secret,
                url: line.url,
                headers: line.headers.map { ($0[0], $0[1]) },
                body: line.body
            )
            let found = try verdict(request, [Secret(line.secret)], now: unix(line.now))
            if case .handshake(let response) = found {
                #expect(String(decoding: response.body, as: UTF8.self) == line.answer, "\(request.testDescription)")
            } else {
                #expect(found == .authentic && line.answer == nil, "\(request.testDescription)")
            }
        }
    }

    static let freshFile = ProcessInfo.processInfo.environment["POSTROOM_PRODUCER_REQUESTS"]
}
