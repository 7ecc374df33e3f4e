import NIOCore
import PostroomCore

/// The form of a response on the wire, as far as its request decides.
struct ResponseForm: Hashable {
    /// True where the connection stays open after it.
    var keepsAlive: Bool
    /// True where the sender speaks HTTP/1.0, which has to be told that the connection stays open.
    var isHTTP10: Bool
    /// True where only the head is sent, as HEAD asks.
    var omitsBody: Bool

    /// The form for a request that could not be read.
    static let last = ResponseForm(keepsAlive: false, isHTTP10: false, omitsBody: false)
}

/// Writes responses as HTTP.
struct ResponseEncoder {
    /// The line of the `Date` field, which the owner of the encoder renews every second.
    private var dateLine: String
    private let retryAfterLine: String

    init(retryAfter: Duration, unixSeconds: Int) {
        self.retryAfterLine = "Retry-After: \(max(1, retryAfter.components.seconds))\r\n"
        self.dateLine = Self.dateLine(unixSeconds)
    }

    mutating func renewDate(unixSeconds: Int) {
        dateLine = Self.dateLine(unixSeconds)
    }

    /// Appends a response.
    func write(_ response: Response, _ form: ResponseForm, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeStaticString(response.status)
        if case .handshake(let answer) = response {
            return write(answer, form, into: &buffer)
        }
        buffer.writeStaticString("\r\nContent-Type: application/json\r\n")
        buffer.writeString(dateLine)
        if response.invitesRetry {
            buffer.writeString(retryAfterLine)
        }
        switch response {
        case .notPost: buffer.writeStaticString("Allow: POST\r\n")
        case .refused(.unauthorized): buffer.writeStaticString("WWW-Authenticate: Webhook\r\n")
        default: break
        }
        writeConnection(form, into: &buffer)
        buffer.writeStaticString("Content-Length: ")
        writeBody(of: response, form, into: &buffer)
    }

    /// Appends what a handshake asks for, after the status.
    private func write(_ answer: HandshakeResponse, _ form: ResponseForm, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("\r\n")
        buffer.writeString(dateLine)
        for field in answer.fields {
            buffer.writeString("\(field.name): \(field.value)\r\n")
        }
        writeConnection(form, into: &buffer)
        guard let type = answer.contentType else {
            buffer.writeStaticString("\r\n")
            return
        }
        buffer.writeString("Content-Type: \(type)\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ")
        writeLength(answer.body.count, into: &buffer)
        if !form.omitsBody {
            buffer.writeBytes(answer.body)
        }
    }

    private func writeConnection(_ form: ResponseForm, into buffer: inout ByteBuffer) {
        if !form.keepsAlive {
            buffer.writeStaticString("Connection: close\r\n")
        } else if form.isHTTP10 {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
    }

    private func writeBody(of response: Response, _ form: ResponseForm, into buffer: inout ByteBuffer) {
        if case .stored(let receipt) = response {
            let id = String(receipt.id.rawValue)
            let flag: StaticString = receipt.isDuplicate ? "true}" : "false}"
            writeLength(
                #"{"id":""#.utf8.count + id.utf8.count + #"","duplicate":"#.utf8.count + flag.utf8CodeUnitCount,
                into: &buffer
            )
            guard !form.omitsBody else { return }
            buffer.writeStaticString(#"{"id":""#)
            buffer.writeString(id)
            buffer.writeStaticString(#"","duplicate":"#)
            buffer.writeStaticString(flag)
        } else {
            let body = #"{"error":"\#(response.explanation ?? "")"}"#
            writeLength(body.utf8.count, into: &buffer)
            guard !form.omitsBody else { return }
            buffer.writeString(body)
        }
    }

    private func writeLength(_ length: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n\r\n")
    }

    private static func dateLine(_ unixSeconds: Int) -> String {
        "Date: \(HTTPDate(unixSeconds: unixSeconds))\r\n"
    }
}

/// A moment as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
struct HTTPDate: CustomStringConvertible {
    let description: String

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The moment that many seconds after 1970, which must not be before it.
    init(unixSeconds: Int) {
        let days = unixSeconds / 86_400
        let seconds = unixSeconds % 86_400
        let date = CivilDate(daysSince1970: days)
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Self.twoDigits).joined(separator: ":")
        let weekday = Self.weekdays[days % 7]
        description = "\(weekday), \(Self.twoDigits(date.day)) \(Self.months[date.month - 1]) \(date.year) \(time) GMT"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
