import PostroomCore

/// Sends deliveries at a rate, repeats those that were not accepted as a sender does, and sends some of them twice.
struct ChaosSender: Sendable {
    let maker: DeliveryMaker
    let rate: Int
    let seed: UInt64
    let log: SentLog
    let client: ChaosClient
    /// The places to which deliveries can be posted now.
    let ports: @Sendable () -> [Int]
    /// Looks whether a delivery that was just accepted is in the inbox; `nil` where that can't be known.
    let isVisible: @Sendable (DeliveryID) async -> Bool?
    /// Told when no new deliveries are sent any more.
    let ended: @Sendable () -> Void
    /// The accepted deliveries that were not in the inbox.
    let invisible = Observed<[DeliveryID]>([])

    /// The longest pause between two tries of a delivery: short enough to see a recovery, long enough that what piled up
    /// in an outage does not keep the machine from recovering.
    private static let longestBackoff = Duration.seconds(8)

    /// Sends for some time, and returns when everything was accepted, or nothing was for a long time.
    ///
    /// - Parameters:
    ///   - duration: The time for which new deliveries are sent.
    ///   - patience: The time after that for which refused ones are sent again.
    func run(for duration: Duration, patience: Duration) async {
        let start = ContinuousClock.now
        let interval = Duration.seconds(1) / rate
        await withDiscardingTaskGroup { group in
            var number = 0
            while !Task.isCancelled, ContinuousClock.now - start < duration {
                try? await Task.sleep(until: start + interval * number, clock: .continuous)
                let own = number
                group.addTask { await send(own, until: start + duration + patience) }
                number += 1
            }
            ended()
        }
    }

    private func send(_ number: Int, until deadline: ContinuousClock.Instant) async {
        let made = maker.make(number)
        var generator = SeededGenerator(seed: seed, purpose: UInt64(number) &+ 1_000_000_000)
        log.will(send: made, number: number)
        if generator.once(in: 40) {
            // Two of the same at the same time.
            let copy = generator
            async let other = accept(made, number, copy, until: deadline)
            let own = await accept(made, number, copy, until: deadline)
            _ = await (own, other)
        } else if let id = await accept(made, number, generator, until: deadline), generator.once(in: 20) {
            if await isVisible(id) == false {
                invisible.update { $0.append(id) }
            }
        }
        if generator.once(in: 10), !Task.isCancelled {
            // The sender forgot that it was accepted.
            try? await Task.sleep(for: generator.duration(.zero...(.seconds(3))))
            _ = await accept(made, number, generator, until: deadline)
        }
    }

    /// Posts until it is accepted.
    ///
    /// - Returns: The identity, or `nil` where it was not accepted in time.
    private func accept(
        _ made: DeliveryMaker.Made,
        _ number: Int,
        _ generator: SeededGenerator,
        until deadline: ContinuousClock.Instant
    ) async -> DeliveryID? {
        var generator = generator
        var backoff = Duration.milliseconds(100)
        while !Task.isCancelled, .now < deadline {
            if let port = ports().randomElement(using: &generator), let request = try? made.signed() {
                let answer = await client.post(request, to: made.endpoint, mark: made.mark, port: port)
                log.answered(number, answer)
                if answer.status == 200 {
                    return answer.id
                }
            }
            try? await Task.sleep(for: generator.duration(backoff / 2...backoff))
            backoff = min(backoff * 2, Self.longestBackoff)
        }
        return nil
    }
}
