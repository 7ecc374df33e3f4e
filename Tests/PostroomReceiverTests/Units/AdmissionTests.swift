import NIOHTTP1
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("The admission of requests")
struct AdmissionTests {
    @Test(
        "a target names an endpoint",
        arguments: [
            ("/hooks/a", "a"), ("/hooks/a-b.c", "a-b.c"), ("/hooks/a?x=/y", "a"), ("/hooks/a#f", "a"),
            ("http://host/hooks/a", "a"), ("https://host:1/hooks/a?q", "a"), ("/hooks/", nil), ("/hooks", nil),
            ("/hooks/a/", "a"), ("/hooks/a/?x", "a"), ("/hooks/a//", nil), ("/hooks//", nil), ("/hooks/a/b", nil),
            ("/hooks/?a", nil), ("hooks/a", nil), ("*", nil), ("", nil),
            ("//hooks/a", nil), ("/HOOKS/a", nil), ("http://host", nil), ("/hook", nil),
        ] as [(String, String?)]
    )
    func target(_ target: String, name: String?) {
        #expect(EndpointTable.name(in: target) == name)
    }

    @Test(
        "a prefix may stand before the path, and may have been taken off",
        arguments: [
            ("/in/hooks/a", "a"), ("/in/hooks/a/?x", "a"), ("https://host/in/hooks/a", "a"), ("/hooks/a", "a"),
            ("/in/a", nil), ("/inhooks/a", nil), ("/out/hooks/a", nil), ("/in/in/hooks/a", nil), ("/in", nil),
        ] as [(String, String?)]
    )
    func prefixed(_ target: String, name: String?) {
        #expect(EndpointTable.name(in: target, below: "/in") == name)
    }

    struct Head: CustomTestStringConvertible {
        var method = HTTPMethod.POST
        var version = HTTPVersion.http1_1
        var fields: [(String, String)] = []
        var endpoint = true
        var isDraining = false
        let becomes: Response?

        var testDescription: String { "\(method) \(fields) → \(becomes.map { "\($0)" } ?? "received")" }
    }

    @Test(
        "a head is received or rejected",
        arguments: [
            Head(becomes: nil), Head(fields: [("content-LENGTH", "10")], becomes: nil),
            Head(fields: [("Content-Length", "11")], becomes: .tooLarge(limit: 10)),
            Head(fields: [("Content-Length", "99999999999999999999")], becomes: .tooLarge(limit: 10)),
            Head(fields: [("Transfer-Encoding", "chunked")], becomes: nil),
            Head(method: .GET, becomes: .notPost), Head(method: .GET, endpoint: false, becomes: .unknownEndpoint),
            Head(endpoint: false, becomes: .unknownEndpoint), Head(isDraining: true, becomes: .shuttingDown),
            Head(fields: [("Content-Length", "11")], isDraining: true, becomes: .shuttingDown),
            Head(fields: [("Transfer-Encoding", "\tCHUNKED ,")], becomes: nil),
            Head(fields: [("Transfer-Encoding", "gzip, chunked")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "gzip"), ("transfer-encoding", "chunked")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "gzip")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "identity")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "chunked, gzip")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "chunked;x=1")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "xchunked")], becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "gzip, chunked")], endpoint: false, becomes: .unknownCoding),
            Head(fields: [("Transfer-Encoding", "chunked, chunked")], becomes: .malformed),
            Head(fields: [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], becomes: .malformed),
            Head(fields: [("Transfer-Encoding", "")], becomes: .malformed),
            Head(fields: [("Transfer-Encoding", "chunked"), ("Content-Length", "2")], becomes: .malformed),
            Head(fields: [("Content-Length", "2"), ("Transfer-Encoding", "gzip, chunked")], becomes: .malformed),
            Head(version: .http1_0, fields: [("Transfer-Encoding", "chunked")], becomes: .malformed),
        ]
    )
    func decision(row: Head) {
        let metrics = ReceiverMetrics(factory: TestMetrics())
        let entry = EndpointEntry(.test(bodyLimit: 10), metrics: metrics, notes: IntakeNotes([]))
        let head = HTTPRequestHead(version: row.version, method: row.method, uri: "/", headers: HTTPHeaders(row.fields))
        switch Admission.decide(RequestHead(head), for: row.endpoint ? entry : nil, isDraining: row.isDraining) {
        case .receive: #expect(row.becomes == nil)
        case .reject(let response, _): #expect(row.becomes == response)
        }
    }

    @Test("every field is kept, in its order and spelling, duplicates too")
    func fields() {
        let fields = [("X-B", "1"), ("x-a", ""), ("X-B", "2"), ("Content-Length", "3")]
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders(fields))
        #expect(RequestHead(head).headers == Headers(fields.map { (name: $0.0, value: $0.1) }))
    }

    @Test("a sender of HTTP/1.0 can't expect a 100")
    func expectation() {
        let fields = HTTPHeaders([("Expect", "100-Continue")])
        let new = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: fields)
        let old = HTTPRequestHead(version: .http1_0, method: .POST, uri: "/", headers: fields)
        #expect(RequestHead(new).expectsContinue)
        #expect(!RequestHead(old).expectsContinue)
    }
}
