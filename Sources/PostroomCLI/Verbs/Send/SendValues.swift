import ArgumentParser
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomSources

/// Reads and checks what `postroom send` is given.
enum SendValues {
    /// Reads the name of a source.
    ///
    /// - Throws: `ValidationError` that lists the sources.
    @Sendable
    static func source(_ text: String) throws -> Source {
        let source = Source(rawValue: text)
        guard Sources.definition(of: source) != nil else {
            throw ValidationError("the sources are \(Suggestion.list(Sources.all.map(\.source.rawValue)))")
        }
        return source
    }

    /// Reads the name of an endpoint.
    ///
    /// - Throws: `ValidationError` that says what a name is like.
    @Sendable
    static func endpoint(_ text: String) throws -> EndpointName {
        guard EndpointSettings.isName(text) else { throw ValidationError(EndpointSettings.adviceOnName) }
        return EndpointName(rawValue: text)
    }

    /// Reads a reference to a secret.
    ///
    /// The parser shows a text that it can't read, and this one may be the secret itself by mistake. So the option is a
    /// plain text to the parser, and is read here.
    ///
    /// - Throws: `ValidationError`, which does not show the text.
    static func secret(_ text: String) throws -> SecretReference {
        do throws(ValueRefusal) {
            return try ValueFormat.secretReference.read(text)
        } catch {
            let expectation = "--secret takes \(ValueFormat.secretReference.expectation)"
            throw ValidationError(error.hint.map { "\(expectation); \($0)" } ?? expectation)
        }
    }

    /// Checks the header of a signature.
    ///
    /// - Throws: `ValidationError` where a request can't have such a header, or the source's sender always uses its own.
    static func checkSignatureHeader(_ name: String, of source: Source) throws {
        _ = try SendHeader.checkedName(name, option: "--signature-header")
        guard let definition = Sources.definition(of: source), !definition.allowsOtherHeader else { return }
        throw ValidationError("\(source) always signs in '\(definition.signatureHeader)'; leave out --signature-header")
    }

    /// Checks that there are samples of an event type.
    ///
    /// - Throws: `ValidationError` that names those that there are.
    static func checkEventType(_ eventType: String?, of source: Source) throws {
        let sample = SampleDeliveries(seed: 0).sample(source, eventType, index: 0, now: Date(timeIntervalSince1970: 0))
        guard sample == nil, let eventType else { return }
        let known = Sources.events(of: source).map(\.eventType)
        let nearest = Suggestion.nearest(to: eventType, in: known).map { "; did you mean \($0)?" }
        let list = known.count <= 20 ? ": \(Suggestion.list(known))" : ""
        throw ValidationError(
            "\(source) has no event type '\(EscapedText.of(eventType))'\(nearest ?? "; it has \(known.count)\(list)")"
        )
    }
}
