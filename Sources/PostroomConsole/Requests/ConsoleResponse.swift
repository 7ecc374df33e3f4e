import PostroomAdmin

/// An answer of the console, before it gets the header fields that all of them have.
struct ConsoleResponse: Sendable {
    var status = 200
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// The fields that keep a page from being embedded, sniffed, kept by a cache, or made to load anything of others.
    static let protection: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
                + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        // Not "no-referrer", under which browsers leave the origin out of what a form sends.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ]

    /// A page.
    static func page(_ html: HTML, status: Int = 200) -> ConsoleResponse {
        ConsoleResponse(
            status: status,
            headers: [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Array(html.markup.utf8)
        )
    }

    /// A file of the console, which a browser may keep: its address changes with its content.
    static func asset(_ asset: ConsoleAsset) -> ConsoleResponse {
        ConsoleResponse(
            headers: [
                ("Content-Type", asset.mediaType), ("Cache-Control", "public, max-age=31536000, immutable"),
            ],
            body: Array(asset.text.utf8)
        )
    }

    /// The answer to a form: the browser reads the page again.
    static func redirect(to location: String) -> ConsoleResponse {
        ConsoleResponse(status: 303, headers: [("Location", location), ("Cache-Control", "no-store")])
    }

    /// The answer as the admin server sends it.
    var pageResponse: PageResponse {
        PageResponse(status: status, headers: headers + Self.protection, body: body)
    }
}

/// A file that browsers get from the console.
struct ConsoleAsset: Sendable {
    /// The name.
    let name: String
    /// The media type.
    let mediaType: String
    /// The content.
    let text: String
}

extension ConsoleAsset {
    /// A text that changes with the content.
    var version: String {
        // FNV-1a: nothing is guarded by it.
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }

    /// The file of that name, which the bundler has made sure of.
    static func named(_ name: String) -> ConsoleAsset {
        all.first { $0.name == name } ?? ConsoleAsset(name: name, mediaType: "text/plain", text: "")
    }
}
