import FoundationEssentials
import PostroomConfiguration
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
    /// The time of the made-up events; of the last one where they have times of their own.
    let madeAt: Date
    /// In which order the samples are sent, each a second younger than the one of the next lower number; `nil` for that
    /// of their numbers, all of one time.
    var order: SendOrder?
    /// How many samples there are.
    var samples = 1
    /// The header that carries the signature, or `nil` for the source's own.
    var signatureHeader: String?
    /// The URL that is sent to, which some schemes sign.
    var url = "http://127.0.0.1:8080/"
    /// What is sent beside the sender's own header fields.
    var headers: [SendHeader] = []

    /// How many samples that many requests carry, some of which are repetitions.
    static func samples(in count: Int, duplicateEvery: Int?) -> Int {
        count - (duplicateEvery.map { count / $0 } ?? 0)
    }

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - number: The request's number, from 0.
    ///   - now: The time of sending, which some schemes sign.
    /// - Returns: The request.
    /// - Throws: ``CommandFailure`` where the secret can't sign for the source, or there is no such sample.
    func request(_ number: Int, now: Date) throws -> SignedRequest {
        let samples = SampleDeliveries(seed: seed)
        let index = sampleIndex(number)
        guard let sample = samples.sample(source, eventType, index: index, now: time(ofSample: index)) else {
            throw CommandFailure(.usage, "\(source) has no such event type")
        }
        do throws(SecretProblem) {
            let request = try RequestSigner.sign(
                source: source,
                secret: secret,
                body: sample.body,
                id: sample.id,
                now: now,
                header: signatureHeader,
                url: url,
                fields: sample.headers,
                isInvalid: isInvalid
            )
            guard !headers.isEmpty else { return request }
            let fields = headers.added(to: request.headers)
            return SignedRequest(headers: fields, body: request.body, query: request.query)
        } catch {
            throw CommandFailure(.usage, "--secret: \(error.description)")
        }
    }

    /// The sample that a request carries: its own, or that of the request before it.
    func sampleIndex(_ number: Int) -> UInt64 {
        let place = UInt64(number - (duplicateEvery.map { (number + 1) / $0 } ?? 0))
        return order?.number(at: place) ?? place
    }

    /// When the event of a sample is said to have happened.
    private func time(ofSample index: UInt64) -> Date {
        order == nil ? madeAt : madeAt.addingTimeInterval(Double(index) - Double(samples - 1))
    }
}
