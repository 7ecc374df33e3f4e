import CLibYAML

/// One step of the parser through a text.
struct YAMLEvent {
    /// The kinds of steps that a tree is made of.
    enum Kind: Hashable {
        /// A text.
        case scalar(YAMLScalar)
        /// The start of a list, whose values follow up to the end.
        case sequenceStart
        /// The start of a mapping, whose keys and values follow in turns up to the end.
        case mappingStart
        /// A word for a value that stands before.
        case alias
        /// The end of a list, of a mapping, or of the whole text.
        case end
        /// The start of the text, and the start and the end of a document.
        case other
    }

    /// The kind of the step.
    let kind: Kind
    /// The place where it starts.
    let mark: YAMLMark
    /// The name that the value gets, or that the alias uses.
    let anchor: String?

    fileprivate init(_ event: yaml_event_t) {
        self.mark = YAMLMark(event.start_mark)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            self.kind = .scalar(
                YAMLScalar(
                    string: String(decoding: text, as: UTF8.self),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
                )
            )
            self.anchor = Self.text(scalar.anchor)
        case YAML_SEQUENCE_START_EVENT:
            self.kind = .sequenceStart
            self.anchor = Self.text(event.data.sequence_start.anchor)
        case YAML_MAPPING_START_EVENT:
            self.kind = .mappingStart
            self.anchor = Self.text(event.data.mapping_start.anchor)
        case YAML_ALIAS_EVENT:
            self.kind = .alias
            self.anchor = Self.text(event.data.alias.anchor)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT, YAML_STREAM_END_EVENT:
            self.kind = .end
            self.anchor = nil
        default:
            self.kind = .other
            self.anchor = nil
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

/// The steps of libyaml's parser through a text.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// Starts at the beginning of a text in UTF-8.
    init(_ bytes: [UInt8]) {
        text = .allocate(capacity: bytes.count)
        _ = text.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else { fatalError("no memory for a parser of YAML") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        text.deallocate()
    }

    /// Takes the next step.
    func next() throws(YAMLProblem) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private var problem: YAMLProblem {
        // These messages are constants of the library; the text is not in them.
        let message = parser.pointee.problem.map { String(cString: $0) } ?? "unreadable"
        let isText = parser.pointee.error != YAML_READER_ERROR
        return .syntax(message: message, mark: isText ? YAMLMark(parser.pointee.problem_mark) : nil)
    }
}

extension YAMLMark {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
