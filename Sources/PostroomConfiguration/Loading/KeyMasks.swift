import Yams

/// Hides keys that stand twice in one mapping, which the parser refuses, by changing their first letter.
///
/// One occurrence after the other gets a letter that nobody writes, from a private part of Unicode, until the parser is
/// content. Lines and columns stay what they are.
struct KeyMasks {
    private static let letters: ClosedRange<UInt32> = 0xF_0000...0xF_00FF
    private var originals: [Unicode.Scalar] = []

    /// Whether a key was hidden.
    static func isMasked(_ key: String) -> Bool {
        key.unicodeScalars.first.map { letters.contains($0.value) } ?? false
    }

    /// Hides the key that starts at a place.
    ///
    /// - Returns: The text with the key hidden, or `nil` where it is not a simple key.
    mutating func mask(_ text: String, line: Int, column: Int) -> String? {
        let next = Self.letters.lowerBound + UInt32(originals.count)
        guard Self.letters.contains(next), let letter = Unicode.Scalar(next) else { return nil }
        var scalars = Array(text.unicodeScalars)
        var index = 0
        for _ in 1..<max(1, line) {
            guard let end = scalars[index...].firstIndex(of: "\n") else { return nil }
            index = end + 1
        }
        index += column - 1
        if scalars.indices.contains(index), scalars[index] == "\"" || scalars[index] == "'" {
            index += 1
        }
        guard scalars.indices.contains(index), Self.isSimple(scalars[index]) else { return nil }
        originals.append(scalars[index])
        scalars[index] = letter
        var masked = String.UnicodeScalarView()
        masked.append(contentsOf: scalars)
        return String(masked)
    }

    /// The problems that the hidden keys are, each at the later of the two places.
    func problems(in root: Node?, path: String) -> [ConfigurationProblem] {
        guard !originals.isEmpty, let root else { return [] }
        var problems: [ConfigurationProblem] = []
        collect(root, at: [], path, &problems)
        return problems
    }

    private func collect(_ node: Node, at keys: [String], _ path: String, _ problems: inout [ConfigurationProblem]) {
        for element in node.sequence ?? [] {
            collect(element, at: keys, path, &problems)
        }
        let pairs = node.mapping.map(Array.init) ?? []
        for (key, value) in pairs {
            let name = key.scalar?.string ?? ""
            collect(value, at: keys + [original(name)], path, &problems)
            guard Self.isMasked(name) else { continue }
            let others = pairs.filter { original($0.key.scalar?.string ?? "") == original(name) }.compactMap(\.key.mark)
            guard let first = others.first, let last = others.last else { continue }
            let problem = ConfigurationProblem(
                at: .file(path, line: last.line, column: last.column),
                key: (keys + [original(name)]).map(FoundText.key).joined(separator: "."),
                "stands here again; it is in line \(first.line) already, keep one of the two"
            )
            if !problems.contains(problem) {
                problems.append(problem)
            }
        }
    }

    private func original(_ name: String) -> String {
        guard let first = name.unicodeScalars.first, Self.isMasked(name) else { return name }
        var restored = String.UnicodeScalarView()
        restored.append(originals[Int(first.value - Self.letters.lowerBound)])
        restored.append(contentsOf: name.unicodeScalars.dropFirst())
        return String(restored)
    }

    private static func isSimple(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
}
