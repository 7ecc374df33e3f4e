import FoundationEssentials
import PostroomCore
import PostroomSources

/// Which requests are sent: one for every number, always the same for the same seed.
struct SendPlan: Sendable {
    let source: Source
    let eventType: String?
    let secret: Secret
    let seed: UInt64
    /// Every how many requests one repeats the one before it, 2 at least; `nil` for never.
    let duplicateEvery: Int?
    /// Whether signatures are spoiled.
    let isInvalid: Bool
    /// The time of the made-up events.
    let madeAt: Date

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - number: The request's number, from 0.
    ///   - now: The time of sending, which some schemes sign.
    /// - Returns: The request.
    /// - Throws: ``CommandFailure`` where the secret can't sign for the source, or there is no such sample.
    func request(_ number: Int, now: Date) throws -> SignedRequest {
        let samples = SampleDeliveries(seed: seed)
        guard let sample = samples.sample(source, eventType, index: sampleIndex(number), now: madeAt) else {
            throw CommandFailure(.usage, "\(source) has no such event type")
        }
        do throws(SecretProblem) {
            return try RequestSigner.sign(
                source: source,
                secret: secret,
                body: sample.body,
                id: sample.id,
                now: now,
                isInvalid: isInvalid
            )
        } catch {
            throw CommandFailure(.usage, "--secret: \(error.description)")
        }
    }

    /// The sample that a request carries: its own, or that of the request before it.
    func sampleIndex(_ number: Int) -> UInt64 {
        UInt64(number - (duplicateEvery.map { (number + 1) / $0 } ?? 0))
    }
}
