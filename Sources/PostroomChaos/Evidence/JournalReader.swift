import PostroomCore

/// Reads what a process wrote down of its runs.
enum JournalReader {
    /// The runs of one life, in the order in which they began.
    static func runs(in text: String, of life: LifeID) -> [HandlerRun] {
        var runs: [HandlerRun] = []
        var open: [Key: Int] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 6, let at = Int64(fields[1]), let delivery = Int64(fields[2]),
                let attempt = Int(fields[3])
            else { continue }
            let pair = Pair(
                delivery: DeliveryID(rawValue: delivery),
                handler: HandlerName(rawValue: String(fields[5]))
            )
            let key = Key(pair: pair, attempt: attempt)
            let moment = Timestamp(rawValue: at)
            if fields[0] == "B" {
                open[key] = runs.count
                runs.append(HandlerRun(pair: pair, attempt: attempt, life: life, began: moment))
            } else if let index = open.removeValue(forKey: key),
                let outcome = RunJournal.Outcome(rawValue: String(fields[4]))
            {
                runs[index].end = (moment, outcome)
            }
        }
        return runs
    }

    private struct Key: Hashable {
        let pair: Pair
        let attempt: Int
    }
}
