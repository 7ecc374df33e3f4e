import PostroomCore
import YAMLReader

/// Reads the endpoints of a file.
struct EndpointsReader {
    /// The file.
    let document: YAMLDocument

    /// Reads the endpoints, with what is wrong with each.
    ///
    /// - Returns: The endpoints whose names are allowed, in the file's order.
    func read(_ node: YAMLNode, _ findings: inout Findings) -> [EndpointSettings] {
        if node.isNull {
            return []
        }
        guard let mapping = node.mapping else {
            let advice = "expected a section with a key for each endpoint, its name"
            let place = document.place(of: node)
            findings.report(
                ConfigurationProblem(at: place, key: ProgramConfiguration.endpointsKey, found: node.kind, advice)
            )
            return []
        }
        var endpoints: [EndpointSettings] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            let path = [ProgramConfiguration.endpointsKey, DisplayedValue.key(name)]
            var endpoint = EndpointSettings(name: EndpointName(rawValue: name))
            let reader = SectionReader(document: document, table: EndpointSettings.table, path: path)
            let place = document.place(of: key)
            if EndpointSettings.isName(name) {
                findings.note(place, of: path.joined(separator: "."))
                reader.read(value, into: &endpoint, &findings)
                endpoints.append(endpoint)
            } else {
                reader.read(value, into: &endpoint, &findings)
                findings.report(
                    ConfigurationProblem(at: place, key: path.joined(separator: "."), EndpointSettings.adviceOnName)
                )
            }
        }
        return endpoints
    }
}

extension EndpointSettings {
    /// Finds out whether a text can be the name of an endpoint.
    package static func isName(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (1...64).contains(text.utf8.count) && text.utf8.first.map(isLetterOrDigit) == true
            && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    /// The form of a name, in words.
    package static let adviceOnName = """
        an endpoint's name stands in its URL: 1 to 64 lower-case letters, digits, '.', '_' and '-', \
        starting with a letter or a digit
        """

    /// The path of the endpoint or of one of its keys.
    package func key(_ setting: String? = nil) -> String {
        let own = "\(ProgramConfiguration.endpointsKey).\(name)"
        return setting.map { "\(own).\($0)" } ?? own
    }
}
