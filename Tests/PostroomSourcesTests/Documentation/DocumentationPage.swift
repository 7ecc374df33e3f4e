import FoundationEssentials

@testable import PostroomSources

/// A producer's documentation, kept beside the repository.
struct DocumentationPage {
    let text: String

    /// The page of that name, or `nil` where the folder is not there.
    init?(_ name: String) {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "../shared/sources/\(name)-page.txt").standardizedFileURL
        guard let data = try? Data(contentsOf: file) else { return nil }
        self.text = String(decoding: data, as: UTF8.self)
    }

    static let isThere = DocumentationPage("wacht") != nil

    /// The JSON objects that the page prints, in their order.
    ///
    /// Text in braces that is no JSON, such as `{ /* see below */ }`, is left out.
    var examples: [String] {
        let bytes = Array(text.utf8)
        var examples: [String] = []
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "{"), let end = Self.end(of: bytes, from: position) else {
                position += 1
                continue
            }
            let example = Array(bytes[position..<end])
            if (try? JSONObject(checking: example)) != nil {
                examples.append(String(decoding: example, as: UTF8.self))
            }
            position = end
        }
        return examples
    }

    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var isInString = false
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where isInString: position += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "{") where !isInString: depth += 1
            case UInt8(ascii: "}") where !isInString: depth -= 1
            default: break
            }
            position += 1
            if depth == 0 {
                return position
            }
        }
        return nil
    }

    /// The texts between a mark before and a mark behind.
    func texts(between before: String, and after: String) -> [String] {
        text.split(separator: before, omittingEmptySubsequences: false).dropFirst()
            .compactMap { part in
                part.firstRange(of: after).map { String(part[..<$0.lowerBound]) }
            }
    }
}
