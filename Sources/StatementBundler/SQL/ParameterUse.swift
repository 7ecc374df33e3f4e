extension SQLText {
    /// The numbers of the parameters that the code mentions, each with its first place.
    func parameterUses() -> [Int: Int] {
        var uses: [Int: Int] = [:]
        var index = 0
        while index < code.count {
            let start = index
            index += 1
            guard code[start] == UInt8(ascii: "$"), start == 0 || !code[start - 1].isIdentifierPart else {
                continue
            }
            while index < code.count, code[index].isDigit {
                index += 1
            }
            if let number = Int(String(decoding: code[(start + 1)..<index], as: UTF8.self)), uses[number] == nil {
                uses[number] = start
            }
        }
        return uses
    }

    /// Checks that the parameters in the code are exactly those of the header.
    func check(parameters: [Field]) throws(Mistake) {
        let uses = parameterUses()
        for (number, offset) in uses.sorted(by: { $0.value < $1.value }) where number < 1 || number > parameters.count {
            throw mistake(
                at: offset,
                "the SQL uses $\(number), which the header does not declare",
                "add `-- $\(number) <name> <type>` to the header"
            )
        }
        for (place, parameter) in parameters.enumerated() where uses[place + 1] == nil {
            throw Mistake(
                file: file,
                line: parameter.line,
                problem: "the header declares $\(place + 1), which the SQL does not use",
                advice: "use it or remove the line"
            )
        }
    }

    /// Checks that the code holds one statement: a prepared statement can't hold more.
    func checkIsOneStatement() throws(Mistake) {
        guard let first = code.firstIndex(of: UInt8(ascii: ";")) else {
            return
        }
        let isSpace: (UInt8) -> Bool = { $0 <= UInt8(ascii: " ") }
        if let next = code[(first + 1)...].firstIndex(where: { !isSpace($0) }) {
            throw mistake(at: next, "a second statement starts here", "put it into a file of its own")
        }
    }
}
