/// The search for the word that somebody probably meant, among those that there are.
package enum NearestWord {
    /// Finds the nearest word.
    ///
    /// - Parameters:
    ///   - text: The text that was written. Case, `-` and `_` make no difference.
    ///   - words: The words that can be meant.
    ///   - limit: The most letters that may differ, or `nil` for a third of them and two at least.
    /// - Returns: The nearest word, or `nil` where none is near, or where the text is longer than 128 characters.
    package static func find(_ text: String, in words: some Sequence<String>, within limit: Int? = nil) -> String? {
        let plain = simplified(text)
        guard !plain.isEmpty, plain.count <= 128 else { return nil }
        let allowed = limit ?? (plain.count < 4 ? 1 : max(2, plain.count / 3))
        var best: (word: String, distance: Int)?
        for word in words {
            let distance = distance(plain, simplified(word))
            if distance <= allowed, distance < best?.distance ?? Int.max {
                best = (word, distance)
            }
        }
        return best?.word
    }

    private static func simplified(_ text: String) -> [Character] {
        text.lowercased().filter { $0 != "-" && $0 != "_" }
    }

    /// Counts the letters to add, drop, change or swap with their neighbour.
    package static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, leftCharacter) in left.enumerated() {
            var current = [row + 1]
            for (column, rightCharacter) in right.enumerated() {
                let cost = leftCharacter == rightCharacter ? 0 : 1
                var least = min(current[column] + 1, last[column + 1] + 1, last[column] + cost)
                if row > 0, column > 0, leftCharacter == right[column - 1], left[row - 1] == rightCharacter {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
