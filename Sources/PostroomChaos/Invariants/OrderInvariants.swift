import PostroomCore

/// The invariant of order by key: I7.
enum OrderInvariants {
    /// Two runs of one subject never go on at once, unless the worker of the earlier one was taken for dead meanwhile.
    @Sendable static func turnsDoNotOverlap(_ evidence: Evidence) -> [Violation?] {
        var overlaps: [String] = []
        for (subject, turns) in turns(evidence) {
            var open: [Turn] = []
            for turn in turns {
                open.removeAll { $0.ended.map { $0 <= turn.began } ?? false }
                overlaps += open.filter { !evidence.wasTaken($0, before: turn.began) && !evidence.isStray(turn) }
                    .map { "subject \(subject): \($0.pair), \(name($0.life)), and \(turn.pair), \(name(turn.life))" }
                open.append(turn)
            }
        }
        return [.of("I7", "two runs of one key at once", overlaps.sorted())]
    }

    /// Where a delivery was accepted before another one of its subject was sent, it runs first.
    @Sendable static func earlierRunFirst(_ evidence: Evidence) -> [Violation?] {
        let sent = evidence.sent.reduce(into: [DeliveryID: SentDelivery]()) { found, delivery in
            for id in delivery.ids {
                found[id] = delivery
            }
        }
        var inversions: [String] = []
        for (subject, turns) in turns(evidence) {
            var last: (sentAt: Timestamp, pair: Pair)?
            for turn in turns {
                guard let delivery = sent[turn.pair.delivery], let acceptedAt = delivery.acceptedAt else { continue }
                if let last, acceptedAt < last.sentAt, !evidence.isStray(turn) {
                    inversions.append("subject \(subject): \(turn.pair), \(name(turn.life)), after \(last.pair)")
                }
                if last.map({ $0.sentAt < delivery.sentAt }) ?? true {
                    last = (delivery.sentAt, turn.pair)
                }
            }
        }
        return [.of("I7", "run after a later one of its key had begun", inversions.sorted())]
    }

    /// An older state is never written over a newer one, and the newest is there in the end.
    @Sendable static func newestStateWins(_ evidence: Evidence) -> [Violation?] {
        let subjects = evidence.subjects
        var current: [Int: Int] = [:]
        var older: [String] = []
        for pair in evidence.exactEffects where pair.handler == ChaosHandlers.newest {
            guard let subject = subjects[pair.delivery] else { continue }
            if let version = current[subject.name], version >= subject.version {
                older.append("subject \(subject.name): \(pair), state \(subject.version) after \(version)")
            }
            current[subject.name] = subject.version
        }
        let dead = Set(evidence.letters.map(\.pair))
        var newest: [Int: (version: Int, pair: Pair)] = [:]
        for handler in evidence.handlers where handler.name == ChaosHandlers.newest {
            for (id, delivery) in evidence.stored where handler.wants(delivery) {
                guard let subject = subjects[id], newest[subject.name].map({ $0.version < subject.version }) ?? true
                else {
                    continue
                }
                newest[subject.name] = (subject.version, Pair(delivery: id, handler: handler.name))
            }
        }
        let missing = newest.filter { name, newest in current[name] != newest.version && !dead.contains(newest.pair) }
        return [
            .of("I7", "an older state was written over a newer one", older),
            .of(
                "I7",
                "the newest state is not the last that was written",
                missing.map { "subject \($0.key): \($0.value.pair), but state \($0.value.version)" }.sorted()
            ),
        ]
    }

    /// The runs of each subject, in the order in which they began.
    private static func turns(_ evidence: Evidence) -> [Int: [Turn]] {
        let subjects = evidence.subjects
        return Dictionary(grouping: evidence.turns.filter { subjects[$0.pair.delivery] != nil }) { turn in
            subjects[turn.pair.delivery]?.name ?? 0
        }
    }

    private static func name(_ life: LifeID?) -> String {
        life?.description ?? "nobody known"
    }
}

/// A run of the ordered handler, as the database and its process tell of it.
struct Turn: Sendable {
    let pair: Pair
    /// The life that had it.
    let life: LifeID?
    let began: Timestamp
    /// The time from which nothing came of it any more; `nil` where it went on to the last.
    let ended: Timestamp?
}

extension Evidence {
    /// The subject of each delivery that has one.
    var subjects: [DeliveryID: ChaosSubject] {
        sent.reduce(into: [:]) { found, delivery in
            for id in delivery.ids {
                found[id] = delivery.subject
            }
        }
    }

    /// The runs of the ordered handler, in the order in which they began.
    ///
    /// A run whose end could not be noted ended when its process says so, or with it. A note that arrived after that is of a
    /// run that was over.
    var turns: [Turn] {
        struct Key: Hashable {
            let pair: Pair
            let attempt: Int
            let life: LifeID
        }
        let own = runs.filter { $0.pair.handler == ChaosHandlers.ordered }
        let journal = Dictionary(grouping: own) { Key(pair: $0.pair, attempt: $0.attempt, life: $0.life) }
        let ends = turnNotes.filter(\.isEnd).reduce(into: [Int64: Timestamp]()) { $0[$1.run] = $1.at }
        let processes = Dictionary(grouping: lives) { $0.value.processID }
        return turnNotes.filter { !$0.isEnd }
            .compactMap { note in
                let life = processes[note.processID]?.filter { $0.value.began <= note.at }
                    .max { $0.value.began < $1.value.began }
                let run = life.flatMap { life in
                    journal[Key(pair: note.pair, attempt: note.attempt, life: life.key)]?.last { $0.began <= note.at }
                }
                let ended = [ends[note.run], run?.end?.at, life?.value.ended].compactMap(\.self).min()
                guard ended.map({ $0 >= note.at }) ?? true else { return nil }
                return Turn(pair: note.pair, life: life?.key, began: note.at, ended: ended)
            }
            .sorted { $0.began < $1.began }
    }

    /// Returns whether the worker that began a run was taken for dead before a moment.
    ///
    /// A process that takes it for dead says so only afterwards. Where nobody who knows the moment lived to
    /// tell, it is enough that the worker learned of it later.
    func wasTaken(_ turn: Turn, before moment: Timestamp) -> Bool {
        guard let life = turn.life else { return false }
        let loss = losses[life]?.first { $0.at >= turn.began }
        guard let worker = loss?.worker ?? (loss == nil ? lives[life]?.workers.last : nil) else { return loss != nil }
        return rescues[worker].map { $0 <= moment + .seconds(1) } ?? (loss != nil)
    }

    /// Returns whether a run was begun by a worker that had been taken for dead, and did not know it yet.
    func isStray(_ turn: Turn) -> Bool {
        wasTaken(turn, before: turn.began)
    }
}

extension SentDelivery {
    /// The time at which the first 200 came; `nil` where none did.
    fileprivate var acceptedAt: Timestamp? {
        answers.filter { $0.status == 200 }.map(\.at).min()
    }
}
