import ArgumentParser
import FoundationEssentials
import PostroomCore

/// Where requests are sent.
struct SendTarget: Hashable, Sendable {
    /// The receiver of the development setup.
    static let dev = SendTarget(text: "http://127.0.0.1:8080", isWhole: false)

    private let text: String
    /// Whether it names an endpoint already.
    let isWhole: Bool

    private init(text: String, isWhole: Bool) {
        self.text = text
        self.isWhole = isWhole
    }

    /// Reads a target.
    ///
    /// - Parameter text: The receiver's address, `http://host:port`, or an endpoint's whole URL.
    /// - Returns: The target, or `nil` where the text is no such URL.
    static func parse(_ text: String) -> SendTarget? {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            url.host()?.isEmpty == false
        else { return nil }
        guard ["", "/"].contains(url.path()), url.query() == nil else { return SendTarget(text: text, isWhole: true) }
        return SendTarget(text: text.hasSuffix("/") ? String(text.dropLast()) : text, isWhole: false)
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> SendTarget {
        guard let target = parse(text) else {
            throw ValidationError(
                "expected the receiver's address, such as \(dev.text), or an endpoint's whole URL, with its scheme"
            )
        }
        return target
    }

    /// The URL to post to.
    func address(of endpoint: EndpointName) -> String {
        isWhole ? text : "\(text)/hooks/\(endpoint)"
    }
}
