/// The journal that the test program's handlers keep of their runs.
package struct RunJournal: Sendable {
    package let path: String

    /// A run that has ended.
    package struct Run: Hashable, Sendable {
        package let pair: Pair
        package let attempt: Int
        package let process: Int32
        package let outcome: String

        /// Describes a run.
        package init(pair: Pair, attempt: Int, process: Int32, outcome: String) {
            self.pair = pair
            self.attempt = attempt
            self.process = process
            self.outcome = outcome
        }
    }

    /// All runs so far, in the order in which they ended.
    package var runs: [Run] {
        let lines = TestFolder.read(path).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 6, let delivery = Int64(words[1]), let attempt = Int(words[2]),
                let process = Int32(words[3])
            else { return nil }
            let pair = Pair(delivery: delivery, handler: String(words[0]))
            return Run(pair: pair, attempt: attempt, process: process, outcome: String(words[4]))
        }
    }

    /// The time at which each run ended, in microseconds since 1970.
    package var endings: [(pair: Pair, microseconds: Int64)] {
        TestFolder.read(path).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 6, let delivery = Int64(words[1]), let time = Int64(words[5]) else { return nil }
                return (Pair(delivery: delivery, handler: String(words[0])), time)
            }
    }

    /// The pairs of the runs that ended so.
    package func pairs(_ outcome: String) -> [Pair] {
        runs.filter { $0.outcome == outcome }.map(\.pair)
    }

    /// The number of runs of attempts that had run before.
    package var repeated: Int {
        struct Attempt: Hashable {
            let pair: Pair
            let number: Int
        }
        let runs = runs
        return runs.count - Set(runs.map { Attempt(pair: $0.pair, number: $0.attempt) }).count
    }
}
