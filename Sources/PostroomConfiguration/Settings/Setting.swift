/// One key of a section: its name, the values that it takes, and their place.
///
/// The tables of settings drive everything that knows keys: reading the file, the environment, suggestions for
/// misspelt keys, and the listing of the reference.
package struct Setting<Section: Sendable>: Sendable {
    /// The names on the way from the section to the key, the key's own last.
    package let path: [String]
    /// The values that fit, as they stand after "expected".
    package let expectation: String
    /// The values that fit, in a word or two.
    package let range: String
    /// Its purpose, in one line.
    package let summary: String
    /// A mark of texts that may be secret and must not be shown when they do not fit.
    package let isSecret: Bool
    /// A mark of keys that take several values.
    package let isList: Bool
    /// The character between the values of a list in the environment.
    package let separator: Character
    /// Removes the values of a list before new ones come.
    package let clear: @Sendable (inout Section) -> Void
    /// Reads a value into the section; a list grows by it.
    package let accept: @Sendable (_ text: String, inout Section) throws(ValueRefusal) -> Void
    /// The values that a section has, in a form that holds no secret; none where there is no value.
    package let show: @Sendable (Section) -> [String]

    /// A key with the words of a format.
    private init<Value>(
        _ name: String,
        _ format: ValueFormat<Value>,
        _ summary: String,
        isSecret: Bool = false,
        isList: Bool = false,
        separator: Character = ",",
        clear: @escaping @Sendable (inout Section) -> Void = { _ in },
        accept: @escaping @Sendable (String, inout Section) throws(ValueRefusal) -> Void,
        show: @escaping @Sendable (Section) -> [String]
    ) {
        self.path = name.split(separator: ".").map(String.init)
        self.expectation = format.expectation
        self.range = format.range
        self.summary = summary
        self.isSecret = isSecret
        self.isList = isList
        self.separator = separator
        self.clear = clear
        self.accept = accept
        self.show = show
    }

    /// A key that always has a value: the section's own default, unless another is given.
    package init<Value: Sendable>(
        _ name: String,
        _ target: any WritableKeyPath<Section, Value> & Sendable,
        _ format: ValueFormat<Value>,
        isSecret: Bool = false,
        _ summary: String
    ) {
        self.init(
            name,
            format,
            summary,
            isSecret: isSecret,
            accept: { text, section throws(ValueRefusal) in section[keyPath: target] = try format.read(text) },
            show: { [format.write($0[keyPath: target])] }
        )
    }

    /// A key that may be left out.
    package init<Value: Sendable>(
        _ name: String,
        optional target: any WritableKeyPath<Section, Value?> & Sendable,
        _ format: ValueFormat<Value>,
        _ summary: String
    ) {
        self.init(
            name,
            format,
            summary,
            accept: { text, section throws(ValueRefusal) in section[keyPath: target] = try format.read(text) },
            show: { $0[keyPath: target].map { [format.write($0)] } ?? [] }
        )
    }

    /// A key that takes several values; its text in the environment has separators between them.
    package init<Value: Sendable>(
        _ name: String,
        list target: any WritableKeyPath<Section, [Value]> & Sendable,
        separator: Character = ",",
        _ format: ValueFormat<Value>,
        isSecret: Bool = false,
        _ summary: String
    ) {
        self.init(
            name,
            format,
            summary,
            isSecret: isSecret,
            isList: true,
            separator: separator,
            clear: { $0[keyPath: target] = [] },
            accept: { text, section throws(ValueRefusal) in section[keyPath: target].append(try format.read(text)) },
            show: { $0[keyPath: target].map(format.write) }
        )
    }

    /// The same key, seen from a section that holds this one.
    package func within<Outer: Sendable>(
        _ name: String,
        _ section: any WritableKeyPath<Outer, Section> & Sendable
    ) -> Setting<Outer> {
        Setting<Outer>(self, below: [name], section)
    }

    /// The same key, seen from a section that has this one's keys among its own.
    package func on<Outer: Sendable>(
        _ section: any WritableKeyPath<Outer, Section> & Sendable
    ) -> Setting<Outer> {
        Setting<Outer>(self, below: [], section)
    }

    private init<Inner: Sendable>(
        _ inner: Setting<Inner>,
        below names: [String],
        _ section: any WritableKeyPath<Section, Inner> & Sendable
    ) {
        self.path = names + inner.path
        self.expectation = inner.expectation
        self.range = inner.range
        self.summary = inner.summary
        self.isSecret = inner.isSecret
        self.isList = inner.isList
        self.separator = inner.separator
        self.clear = { inner.clear(&$0[keyPath: section]) }
        self.accept = { text, outer throws(ValueRefusal) in try inner.accept(text, &outer[keyPath: section]) }
        self.show = { inner.show($0[keyPath: section]) }
    }
}
