import PostroomCore
import Testing

@testable import PostroomSources

/// A body of our own making in one of the shapes that a producer sends.
struct NamedFixture: CustomTestStringConvertible {
    /// Its peculiarity.
    let name: String
    let source: Source
    /// The event type that it must be found to have.
    let type: String
    /// The object that it must be found to be about.
    let about: String?
    let body: String

    init(_ source: Source, _ type: String, _ name: String, about: String?, _ body: String) {
        self.name = name
        self.source = source
        self.type = type
        self.about = about
        self.body = body
    }

    var testDescription: String {
        "\(source) \(type): \(name)"
    }

    static let all = wacht + anthropic + wakit + dynamic + nyuchi
}
