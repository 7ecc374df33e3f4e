import NIOCore
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("Responses as HTTP")
struct ResponseTests {
    @Test(
        "dates are written as HTTP wants them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"), (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ]
    )
    func date(unixSeconds: Int, text: String) {
        #expect(HTTPDate(unixSeconds: unixSeconds).description == text)
    }

    static let everyResponse: [Response] = [
        .stored(IntakeReceipt(id: DeliveryID(rawValue: 4711), isDuplicate: false)),
        .stored(IntakeReceipt(id: DeliveryID(rawValue: Int64.max), isDuplicate: true)),
        .refused(.unauthorized), .refused(.serviceUnavailable), .unknownEndpoint, .notPost, .tooLarge(limit: 10),
        .unavailable, .overloaded, .shuttingDown, .malformed, .headerTooLarge, .timedOut,
    ]

    private static func wire(_ response: Response, _ form: ResponseForm) -> (head: String, body: String) {
        var buffer = ByteBuffer()
        ResponseEncoder(retryAfter: .seconds(30), unixSeconds: 0).write(response, form, into: &buffer)
        let text = String(buffer: buffer)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return (text, "") }
        return (String(text[..<end.lowerBound]), String(text[end.upperBound...]))
    }

    @Test("every answer announces exactly the body it has", arguments: everyResponse)
    func length(response: Response) {
        for isHTTP10 in [false, true] {
            for omitsBody in [false, true] {
                let form = ResponseForm(keepsAlive: true, isHTTP10: isHTTP10, omitsBody: omitsBody)
                let full = Self.wire(response, ResponseForm(keepsAlive: true, isHTTP10: isHTTP10, omitsBody: false))
                let (head, body) = Self.wire(response, form)
                #expect(head.contains("Content-Length: \(full.body.utf8.count)"))
                #expect(body == (omitsBody ? "" : full.body))
                #expect(full.body.hasPrefix("{\"") && full.body.hasSuffix("}"))
            }
        }
    }

    @Test("no answer is a redirection or 410, and every 503 says when to come again", arguments: everyResponse)
    func status(response: Response) {
        let (head, _) = Self.wire(response, .last)
        let code = Int(head.dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0
        #expect(code == 200 || (400..<500).contains(code) && code != 410 || code == 503)
        #expect((code == 503) == head.contains("Retry-After: 30"))
        #expect(head.contains("Connection: close"))
    }

    @Test("a handshake's answer has its own fields, type and body, and 204 where there is no body")
    func handshake() {
        let text = HandshakeResponse(
            contentType: "text/plain",
            fields: [.init("WebHook-Allowed-Origin", "eventgrid.azure.net")],
            body: Array("challenge".utf8)
        )
        let form = ResponseForm(keepsAlive: true, isHTTP10: false, omitsBody: false)
        let (head, body) = Self.wire(.handshake(text), form)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
        for field in [
            "WebHook-Allowed-Origin: eventgrid.azure.net", "Content-Type: text/plain", "Content-Length: 9",
            "X-Content-Type-Options: nosniff",
        ] {
            #expect(head.contains("\r\n\(field)"))
        }
        #expect(body == "challenge")
        #expect(
            Self.wire(.handshake(text), ResponseForm(keepsAlive: true, isHTTP10: false, omitsBody: true)).body == ""
        )
        let none = Self.wire(.handshake(HandshakeResponse()), form)
        #expect(none.head.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(!none.head.contains("Content-Length") && !none.head.contains("Content-Type") && none.body == "")
    }

    @Test("a stored delivery is told its id, and whether it was known")
    func stored() {
        let form = ResponseForm(keepsAlive: true, isHTTP10: false, omitsBody: false)
        #expect(Self.wire(Self.everyResponse[0], form).body == #"{"id":"4711","duplicate":false}"#)
        #expect(Self.wire(Self.everyResponse[1], form).body == #"{"id":"9223372036854775807","duplicate":true}"#)
    }
}
