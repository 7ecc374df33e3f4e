import YAMLReader

/// Reads one section of a file by its table of settings.
struct SectionReader<Section: Sendable> {
    /// The file.
    let document: YAMLDocument
    /// The settings of the section.
    let table: [Setting<Section>]
    /// The section's own path.
    let path: [String]
    /// Keys of the section that somebody else reads.
    var readElsewhere: [String] = []

    /// Reads a node into a section.
    func read(_ node: YAMLNode, into section: inout Section, _ findings: inout Findings) {
        read(node, below: [], into: &section, &findings)
    }

    private func read(
        _ node: YAMLNode,
        below outer: [String],
        into section: inout Section,
        _ findings: inout Findings
    ) {
        if node.isNull {
            return
        }
        guard let mapping = node.mapping else {
            let known = Suggestion.list(names(below: outer))
            report(node, outer, found: node.kind, "expected a section with keys (\(known))", &findings)
            return
        }
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                report(key, outer, found: key.kind, "expected a key", &findings)
                continue
            }
            if outer.isEmpty && readElsewhere.contains(name) {
                continue
            }
            let inner = outer + [name]
            if let setting = table.first(where: { $0.path == inner }) {
                read(value, for: setting, into: &section, &findings)
            } else if table.contains(where: { $0.path.starts(with: inner) }) {
                read(value, below: inner, into: &section, &findings)
            } else {
                report(key, outer + [DisplayedValue.key(name)], found: nil, adviceOnUnknown(name, outer), &findings)
            }
        }
    }

    private func read(
        _ node: YAMLNode,
        for setting: Setting<Section>,
        into section: inout Section,
        _ findings: inout Findings
    ) {
        let key = (path + setting.path).joined(separator: ".")
        let nodes = setting.isList ? node.sequence ?? [node] : [node]
        var values: [GivenValue] = []
        for node in nodes {
            if let scalar = node.scalar, !node.isNull {
                values.append(GivenValue(text: scalar.string, place: document.place(of: node)))
            } else {
                let hint = node.mapping == nil ? "" : "; is there a blank after a colon that should not be there?"
                let advice = "expected \(setting.expectation)\(hint)"
                report(node, setting.path, found: node.kind, advice, &findings)
            }
        }
        if values.count == nodes.count {
            findings.store(values, for: setting, at: key, in: &section)
        }
        findings.note(document.place(of: node), of: key)
    }

    private func report(
        _ node: YAMLNode,
        _ keys: [String],
        found: String?,
        _ advice: String,
        _ findings: inout Findings
    ) {
        let key = (path + keys).joined(separator: ".")
        findings.report(ConfigurationProblem(at: document.place(of: node), key: key, found: found, advice))
    }

    private func names(below outer: [String]) -> [String] {
        var names: [String] = []
        for setting in table where setting.path.count > outer.count && setting.path.starts(with: outer) {
            if !names.contains(setting.path[outer.count]) {
                names.append(setting.path[outer.count])
            }
        }
        return outer.isEmpty ? names + readElsewhere : names
    }

    private func adviceOnUnknown(_ name: String, _ outer: [String]) -> String {
        let known = names(below: outer)
        if let nearest = Suggestion.nearest(to: name, in: known) {
            return "unknown key; did you mean '\(nearest)'?"
        }
        if let elsewhere = table.first(where: { $0.path.last == name }) {
            return "unknown key; did you mean '\((path + elsewhere.path).joined(separator: "."))'?"
        }
        return "unknown key; the keys here are \(Suggestion.list(known).replacing(" or ", with: " and "))"
    }
}

extension YAMLNode {
    /// The kind of the node, for a person.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a text"
        case .mapping: "a section with keys"
        case .sequence: "a list"
        }
    }
}
