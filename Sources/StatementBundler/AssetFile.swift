/// A file that browsers get from the console, which programs carry in themselves.
struct AssetFile {
    /// The name, under which it is asked for.
    let name: String
    /// The media type.
    let mediaType: String
    /// The content.
    let text: String

    private static let mediaTypes = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]

    /// Takes a file.
    ///
    /// - Throws: ``Mistake`` where no browser would know its kind.
    init(name: String, path: String, text: String) throws(Mistake) {
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        guard let mediaType = Self.mediaTypes[ending] else {
            let endings = Self.mediaTypes.keys.sorted().map { ".\($0)" }.joined(separator: ", ")
            throw Mistake(
                file: path,
                line: 1,
                problem: "nothing is known of files of this kind",
                advice: "let its name end in one of \(endings)"
            )
        }
        self.name = name
        self.mediaType = mediaType
        self.text = text
    }
}

/// The list of the console's files.
enum AssetList {
    /// Renders the list.
    static func swift(_ assets: [AssetFile], from folder: String) -> String {
        let items = assets.map { asset in
            """
                    ConsoleAsset(
                        name: \(SwiftLiterals.string(asset.name)),
                        mediaType: \(SwiftLiterals.string(asset.mediaType)),
                        text: \(SwiftLiterals.multiline(asset.text, indentation: 12))
                    ),

            """
        }
        return SwiftLiterals.head(from: folder)
            + """

            extension ConsoleAsset {
                /// The files, by name.
                static let all: [ConsoleAsset] = [
            \(items.joined())    ]
            }

            """
    }
}
