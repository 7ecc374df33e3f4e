import NIOHTTP1
import PostroomCore

/// The head of a request, as far as it matters here; its fields are read in one pass.
struct RequestHead {
    let method: HTTPMethod
    /// The target: a path, or a whole URL from a proxy.
    let target: String
    /// The form that its response has.
    private(set) var form: ResponseForm
    /// The fields, to be kept.
    private(set) var headers = Headers()
    /// The announced length; `nil` where there is none.
    ///
    /// A length beyond all bounds is `Int.max`.
    private(set) var contentLength: Int?
    /// The framing of the body.
    private(set) var framing = Framing.length
    /// True where the sender waits for a 100 before it sends the body.
    private(set) var expectsContinue = false

    /// The framings of a body.
    enum Framing: Hashable {
        /// By its length.
        case length
        /// In chunks, so that its length is not known.
        case chunks
        /// By a transfer coding that is not understood here.
        case unknownCoding
        /// In a way that two readers could read differently.
        case ambiguous
    }

    init(_ head: HTTPRequestHead) {
        method = head.method
        target = head.uri
        form = ResponseForm(
            keepsAlive: head.isKeepAlive && head.method != .CONNECT,
            isHTTP10: head.version == .http1_0,
            omitsBody: head.method == .HEAD
        )
        for (name, value) in head.headers {
            headers.append(name: name, value: value)
            switch name.utf8.count {
            case 6 where Self.equal(name, "expect"):
                expectsContinue = head.version != .http1_0 && Self.equal(value, "100-continue")
            case 7 where Self.equal(name, "upgrade"):
                // The bytes after this request may be in another protocol.
                form.keepsAlive = false
            case 14 where Self.equal(name, "content-length"):
                contentLength = Int(value) ?? .max
            case 17 where Self.equal(name, "transfer-encoding"):
                framing = Self.framing(after: framing, value, version: head.version)
            default:
                break
            }
        }
        if framing != .length, contentLength != nil {
            framing = .ambiguous
        }
    }

    /// Reads one field of transfer codings; several make one list.
    ///
    /// Chunks are the one coding that is understood, once, and only where the version has it (RFC 9112, 6.1 and 7).
    private static func framing(after before: Framing, _ value: String, version: HTTPVersion) -> Framing {
        guard version != .http1_0, before != .ambiguous else { return .ambiguous }
        var framing = before
        let codings = value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        for coding in codings where !coding.isEmpty {
            if !equal(coding, "chunked") {
                framing = .unknownCoding
            } else if framing == .chunks {
                return .ambiguous
            } else if framing == .length {
                framing = .chunks
            }
        }
        return framing == .length ? .ambiguous : framing
    }

    /// The bytes of memory that it takes.
    var bytes: Int {
        headers.wire.count + target.utf8.count
    }

    /// The most bytes that can follow the head.
    var longestBody: Int {
        framing == .length ? contentLength ?? 0 : .max
    }

    /// Compares with a text that is in lower case.
    private static func equal(_ text: String, _ lowercase: StaticString) -> Bool {
        lowercase.withUTF8Buffer { expected in
            text.utf8.count == expected.count
                && zip(text.utf8, expected)
                    .allSatisfy { byte, other in
                        (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte) == other
                    }
        }
    }
}
