import YAMLReader

/// Reads a whole file into a configuration.
struct DocumentReader {
    /// The file.
    let document: YAMLDocument
    /// The sections that are the program's own.
    let ownSections: Set<String>

    /// Reads the file over the configuration's defaults.
    func read(into configuration: inout ProgramConfiguration, _ findings: inout Findings) {
        document.problems.forEach { findings.report($0) }
        guard let root = document.root else { return }
        let sections = SectionReader(
            document: document,
            table: ProgramConfiguration.table,
            path: [],
            readElsewhere: [ProgramConfiguration.endpointsKey, ProgramConfiguration.forwardersKey]
                + ownSections.sorted()
        )
        sections.read(root, into: &configuration, &findings)
        for (key, value) in root.mapping ?? [] {
            switch key.scalar?.string {
            case ProgramConfiguration.endpointsKey:
                configuration.endpoints = NamedSectionsReader(document: document).read(value, &findings)
            case ProgramConfiguration.forwardersKey:
                configuration.forwarders = NamedSectionsReader(document: document).read(value, &findings)
            default: break
            }
        }
    }
}
