import NIOHTTP1
import PostroomCore

/// What the receiver reads from a request's head, in one pass over its fields.
struct RequestFacts {
    /// The method is POST.
    let isPost: Bool
    /// The fields, to be kept.
    private(set) var headers = Headers()
    /// The announced length; `nil` where there is none.
    ///
    /// A length beyond all bounds is `Int.max`.
    private(set) var contentLength: Int?
    /// A body of unknown length follows.
    private(set) var isChunked = false
    /// The sender waits for a 100 before it sends the body.
    private(set) var expectsContinue = false
    /// The sender offers another protocol; what it sends after this request is not read as HTTP.
    private(set) var offersUpgrade = false

    init(_ head: HTTPRequestHead) {
        isPost = head.method == .POST
        for (name, value) in head.headers {
            headers.append(name: name, value: value)
            switch name.utf8.count {
            case 6 where Self.equal(name, "expect"):
                expectsContinue = head.version != .http1_0 && Self.equal(value, "100-continue")
            case 7 where Self.equal(name, "upgrade"):
                offersUpgrade = true
            case 14 where Self.equal(name, "content-length"):
                contentLength = Int(value) ?? .max
            case 17 where Self.equal(name, "transfer-encoding"):
                isChunked = true
            default:
                break
            }
        }
    }

    /// The most bytes that can follow the head.
    var longestBody: Int {
        isChunked ? .max : contentLength ?? 0
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
