/// A YAML document that was read whole.
///
/// Only what a configuration needs is kept: texts, lists and mappings with their places. Aliases stand for what they
/// name; tags say nothing.
package struct YAMLTree: Sendable {
    /// The outermost value, or `nil` where the document holds nothing.
    package let root: YAMLNode?
    /// The keys that stand in one mapping more than once.
    package let repeatedKeys: [RepeatedKey]

    /// A key that stands in one mapping more than once.
    package struct RepeatedKey: Hashable, Sendable {
        /// The keys that lead to it, and itself; the places in lists are left out.
        package let path: [String]
        /// The first place, whose value is kept.
        package let first: YAMLMark
        /// The last place; its value is not kept.
        package let last: YAMLMark
    }

    /// Reads the only document of a text.
    ///
    /// - Parameter bytes: The text, in UTF-8.
    /// - Throws: ``YAMLProblem`` where the text is not YAML, or has a second document. It shows nothing of the text.
    package init(parsing bytes: [UInt8]) throws(YAMLProblem) {
        var composer = YAMLComposer()
        self.root = try composer.compose(bytes)
        self.repeatedKeys = composer.repeatedKeys
    }
}

/// A place in a text.
package struct YAMLMark: Hashable, Sendable {
    /// The line, from 1.
    package let line: Int
    /// The column, from 1, in Unicode scalars.
    package let column: Int
}

/// A value of a YAML document.
package struct YAMLNode: Sendable {
    /// The forms that a value has.
    package enum Content: Sendable {
        /// A text, a number or a word; they differ by their meaning only.
        case scalar(YAMLScalar)
        /// A list.
        case sequence([YAMLNode])
        /// Keys with their values, each key that is a text once, in the text's order.
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    /// The value.
    package let content: Content
    /// The place where it starts.
    package let mark: YAMLMark

    /// The scalar that the node is, or `nil`.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The list that the node is, or `nil`.
    package var sequence: [YAMLNode]? {
        if case .sequence(let nodes) = content { nodes } else { nil }
    }

    /// The keys and values of the mapping that the node is, or `nil`.
    package var mapping: [(key: YAMLNode, value: YAMLNode)]? {
        if case .mapping(let pairs) = content { pairs } else { nil }
    }

    /// True where nothing was written, or one of YAML's words for nothing.
    package var isNull: Bool {
        guard let scalar, scalar.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

/// A text in a YAML document.
package struct YAMLScalar: Hashable, Sendable {
    /// The text, without quotes and escapes.
    package let string: String
    /// True where it was written without quotes.
    package let isPlain: Bool
}

/// A fault of a text that is to be YAML.
///
/// It shows nothing of the text, which may hold secrets.
package enum YAMLProblem: Error, Hashable {
    /// The text is not YAML.
    ///
    /// - Parameters:
    ///   - message: The fault, in the parser's words.
    ///   - mark: The place where it was noticed, or `nil` where the bytes are no text.
    case syntax(message: String, mark: YAMLMark?)
    /// A second document starts.
    case secondDocument(YAMLMark)
}
