/// Requests as text.
enum Requests {
    /// A POST with a body of known length.
    static func post(_ path: String = "/hooks/open", _ fields: [String] = [], body: String = "{}") -> String {
        let all = ["Host: test", "Content-Length: \(body.utf8.count)"] + fields
        return "POST \(path) HTTP/1.1\r\n" + all.map { "\($0)\r\n" }.joined() + "\r\n" + body
    }

    /// A POST with an idempotency key of its own.
    static func post(key: String) -> String {
        post("/hooks/open", ["Key: \(key)"])
    }

    /// A body in chunks.
    static func chunked(_ chunks: [String], to path: String = "/hooks/open") -> String {
        let body = (chunks + [""]).map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return "POST \(path) HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }
}
