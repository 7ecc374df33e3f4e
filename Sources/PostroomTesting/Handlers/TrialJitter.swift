import PostroomCore
import PostroomWorker
import Synchronization

/// The spread of a policy's delays in a trial.
public struct TrialJitter: Sendable {
    private let source: (@Sendable () -> UInt64)?

    /// Not at all: delays are those that the policy names.
    public static let none = TrialJitter(source: nil)

    /// As in production, by random numbers that are the same for the same seed.
    public static func seeded(_ seed: UInt64) -> TrialJitter {
        let state = Counter(seed)
        return TrialJitter { state.next() }
    }

    /// As in production, by numbers of one's own.
    ///
    /// They are 64 random bits each. Some numbers are refused and drawn again, so zero must not come for ever.
    ///
    /// - Parameter source: Draws the next number; `1 << 63` each time leaves delays as the policy names them.
    /// - Returns: The jitter.
    public static func drawn(from source: @escaping @Sendable () -> UInt64) -> TrialJitter {
        TrialJitter(source: source)
    }

    var random: WorkerRandom {
        source.map(WorkerRandom.init) ?? .system
    }

    /// The options by which an attempt is judged.
    func applied(to options: HandlerOptions) -> HandlerOptions {
        guard source == nil else { return options }
        var options = options
        options.retry = RetryPolicy(
            maximumAttempts: options.retry.maximumAttempts,
            firstDelay: options.retry.firstDelay,
            multiplier: options.retry.multiplier,
            maximumDelay: options.retry.maximumDelay,
            jitter: 0
        )
        return options
    }
}

/// A sequence of well-mixed numbers (SplitMix64).
private final class Counter: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) {
        self.state = Mutex(seed)
    }

    func next() -> UInt64 {
        var value = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
