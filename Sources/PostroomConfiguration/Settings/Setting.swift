/// One key of a section: what it is called, what it takes, and where its value goes.
///
/// The tables of settings drive everything that knows keys: reading the file, the environment, suggestions for
/// misspelt keys, and the listing of the reference.
package struct Setting<Section: Sendable>: Sendable {
    /// The names on the way from the section to the key, the key's own last.
    package let path: [String]
    /// What is expected, as it stands after "expected".
    package let expectation: String
    /// What it is for, in one line.
    package let summary: String
    /// Whether what is written there may be a secret and must not be shown when it does not fit.
    package let isSecret: Bool
    /// Whether it takes several values.
    package let isList: Bool
    /// Removes the values of a list before new ones come.
    package let clear: @Sendable (inout Section) -> Void
    /// Reads a value into the section; a list grows by it.
    package let accept: @Sendable (_ text: String, inout Section) throws(ValueRefusal) -> Void
    /// The values that a section has, in a form that holds no secret; none where there is no value.
    package let show: @Sendable (Section) -> [String]

    private init(
        path: [String],
        expectation: String,
        summary: String,
        isSecret: Bool,
        isList: Bool,
        clear: @escaping @Sendable (inout Section) -> Void,
        accept: @escaping @Sendable (String, inout Section) throws(ValueRefusal) -> Void,
        show: @escaping @Sendable (Section) -> [String]
    ) {
        self.path = path
        self.expectation = expectation
        self.summary = summary
        self.isSecret = isSecret
        self.isList = isList
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
            path: name.split(separator: ".").map(String.init),
            expectation: format.expectation,
            summary: summary,
            isSecret: isSecret,
            isList: false,
            clear: { _ in },
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
            path: name.split(separator: ".").map(String.init),
            expectation: format.expectation,
            summary: summary,
            isSecret: false,
            isList: false,
            clear: { _ in },
            accept: { text, section throws(ValueRefusal) in section[keyPath: target] = try format.read(text) },
            show: { $0[keyPath: target].map { [format.write($0)] } ?? [] }
        )
    }

    /// A key that takes several values; its text in the environment has commas between them.
    package init<Value: Sendable>(
        _ name: String,
        list target: any WritableKeyPath<Section, [Value]> & Sendable,
        _ format: ValueFormat<Value>,
        isSecret: Bool = false,
        _ summary: String
    ) {
        self.init(
            path: name.split(separator: ".").map(String.init),
            expectation: format.expectation,
            summary: summary,
            isSecret: isSecret,
            isList: true,
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
        Setting<Outer>(
            path: [name] + path,
            expectation: expectation,
            summary: summary,
            isSecret: isSecret,
            isList: isList,
            clear: { [clear] in clear(&$0[keyPath: section]) },
            accept: { [accept] text, outer throws(ValueRefusal) in try accept(text, &outer[keyPath: section]) },
            show: { [show] in show($0[keyPath: section]) }
        )
    }
}
