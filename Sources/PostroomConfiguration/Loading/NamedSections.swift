import PostroomCore
import YAMLReader

/// A section of which there are several, each under a name that people choose: an endpoint, a forwarder.
protocol NamedSection: Sendable {
    /// The key under which all of them stand.
    static var sectionKey: String { get }
    /// The word for one of them.
    static var noun: String { get }
    /// The setting whose variable makes a new one where the file has none of that name.
    static var foundingSetting: String { get }
    /// The form of a name, in words.
    static var adviceOnName: String { get }
    /// The keys of one.
    static var table: [Setting<Self>] { get }

    /// Makes one with defaults.
    init(named name: String)
    /// The name.
    var nameText: String { get }
    /// The places of its secrets.
    var references: [SecretReference] { get }

    /// Finds out whether a text can be a name.
    static func isName(_ text: String) -> Bool
}

extension NamedSection {
    /// The path of the section or of one of its keys.
    func key(_ setting: String? = nil) -> String {
        let own = "\(Self.sectionKey).\(nameText)"
        return setting.map { "\(own).\($0)" } ?? own
    }

    /// The variables that hold secrets of any of the sections.
    static func variables(referencedBy sections: [Self]) -> Set<String> {
        var names: Set<String> = []
        for case .variable(let name) in sections.flatMap(\.references) {
            names.insert(name)
        }
        return names
    }
}

/// Reads the named sections of one kind in a file.
struct NamedSectionsReader<Section: NamedSection> {
    /// The file.
    let document: YAMLDocument

    /// Reads the sections, with what is wrong with each.
    ///
    /// - Returns: The sections whose names are allowed, in the file's order.
    func read(_ node: YAMLNode, _ findings: inout Findings) -> [Section] {
        if node.isNull {
            return []
        }
        guard let mapping = node.mapping else {
            let advice = "expected a section with a key for each \(Section.noun), its name"
            let place = document.place(of: node)
            findings.report(ConfigurationProblem(at: place, key: Section.sectionKey, found: node.kind, advice))
            return []
        }
        var sections: [Section] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let path = [Section.sectionKey, DisplayedValue.key(name)]
            var section = Section(named: name)
            let reader = SectionReader(document: document, table: Section.table, path: path)
            let place = document.place(of: key)
            if Section.isName(name) {
                findings.note(place, of: path.joined(separator: "."))
                reader.read(value, into: &section, &findings)
                sections.append(section)
            } else {
                reader.read(value, into: &section, &findings)
                findings.report(
                    ConfigurationProblem(at: place, key: path.joined(separator: "."), Section.adviceOnName)
                )
            }
        }
        return sections
    }
}

extension EndpointSettings: NamedSection {
    static let sectionKey = ProgramConfiguration.endpointsKey
    static let noun = "endpoint"
    static let foundingSetting = "source"

    /// The form of a name, in words.
    package static let adviceOnName = """
        an endpoint's name stands in its URL: 1 to 64 lower-case letters, digits, '.', '_' and '-', \
        starting with a letter or a digit
        """

    /// Finds out whether a text can be the name of an endpoint.
    package static func isName(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...64).contains(text.utf8.count) && text.utf8.first.map(isLetterOrDigit) == true
            && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    init(named name: String) {
        self.init(name: EndpointName(rawValue: name))
    }

    var nameText: String { name.rawValue }
    var references: [SecretReference] { secrets + handshakeTokens }

    /// The path of the endpoint or of one of its keys.
    package func key(_ setting: String? = nil) -> String {
        let own = "\(ProgramConfiguration.endpointsKey).\(name)"
        return setting.map { "\(own).\($0)" } ?? own
    }
}

extension ForwarderSettings: NamedSection {
    static let sectionKey = ProgramConfiguration.forwardersKey
    static let noun = "forwarder"
    static let foundingSetting = "events"

    /// The form of a name, in words.
    static let adviceOnName = """
        a forwarder's name is that of a handler, by which the database knows it: 1 to 128 letters, digits, '.', '_' and '-', \
        starting with a letter or a digit
        """

    /// Finds out whether a text can be the name of a forwarder.
    static func isName(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...128).contains(text.utf8.count) && text.utf8.first.map(isLetterOrDigit) == true
            && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    init(named name: String) {
        self.init(name: HandlerName(rawValue: name))
    }

    var nameText: String { name.rawValue }

    var references: [SecretReference] {
        http.secrets + (http.headers + exec.environment).map(\.reference)
    }

    /// The path of the forwarder or of one of its keys.
    package func key(_ setting: String? = nil) -> String {
        let own = "\(ProgramConfiguration.forwardersKey).\(name)"
        return setting.map { "\(own).\($0)" } ?? own
    }
}
