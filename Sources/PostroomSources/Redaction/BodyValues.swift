package import PostroomCore

extension SourceRegistry {
    /// The texts and numbers of a body that must not be shown, so that they can be hidden wherever they turn up again.
    ///
    /// - Parameters:
    ///   - body: The body as received.
    ///   - source: The source that it came from.
    /// - Returns: The texts of more than five bytes; none where the body is hidden as a whole.
    package func sensitiveTexts(body: [UInt8], source: Source) -> Set<String> {
        var shown: [String: String] = [:]
        for (path, text) in BodyValues.of(redacted(body: body, source: source).bytes) {
            shown[path] = text
        }
        // What is this short turns up anywhere by chance.
        let texts = BodyValues.of(body).filter { shown[$0.path] != $0.text && $0.text.utf8.count > 5 }.map(\.text)
        return Set(texts)
    }
}

/// Takes JSON values apart.
package enum BodyValues {
    private static let deepestLevel = 24
    private static let mostValues = 2000

    /// Returns the values of a body, field by field, with their JSON paths: as many as a person may want to read.
    ///
    /// - Parameter body: The body; an outer array is looked through too.
    /// - Returns: The scalars, in their order; none where the body is no JSON.
    package static func of(_ body: [UInt8]) -> [(path: String, text: String)] {
        guard let document = try? JSONDocument(checking: body, allowsArray: true) else { return [] }
        var values: [(path: String, text: String)] = []
        switch document {
        case .object(let object):
            for (name, value) in object.entries {
                append(value, name, 0, &values)
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                append(element, "[\(index)]", 0, &values)
            }
        }
        return values
    }

    private static func append(
        _ value: JSONValue,
        _ path: String,
        _ level: Int,
        _ values: inout [(path: String, text: String)]
    ) {
        guard values.count < mostValues, level <= deepestLevel else { return }
        switch value.kind {
        case .object:
            for (name, member) in value.object?.entries ?? [] {
                append(member, "\(path).\(name)", level + 1, &values)
            }
        case .array:
            for (index, element) in (value.elements ?? []).enumerated() {
                append(element, "\(path)[\(index)]", level + 1, &values)
            }
        case .string: values.append((path, value.string ?? "(half a surrogate)"))
        case .number, .boolean, .null: values.append((path, String(decoding: value.bytes, as: UTF8.self)))
        }
    }
}
