/// What came back for one request.
enum SendAnswer: Hashable, Sendable {
    /// A status and a body.
    case answered(status: Int, body: [UInt8])
    /// Nothing, for that reason.
    case unanswered(String)

    /// Under which outcome it is counted.
    var outcome: SendOutcome {
        switch self {
        case .answered(let status, let body):
            SendOutcome(status: status, isDuplicate: Self.saysDuplicate(body), fault: nil)
        case .unanswered(let reason): SendOutcome(status: nil, isDuplicate: false, fault: reason)
        }
    }

    private static func saysDuplicate(_ body: [UInt8]) -> Bool {
        String(decoding: body.prefix(256), as: UTF8.self).contains("\"duplicate\":true")
    }
}

/// Answers that are counted together.
struct SendOutcome: Hashable, Sendable, Comparable {
    /// The status, or `nil` where no answer came.
    let status: Int?
    /// Whether the answer says that the delivery was known.
    let isDuplicate: Bool
    /// Why no answer came.
    let fault: String?

    /// The outcome as people read it.
    var words: String {
        guard let status else { return "no answer: \(fault ?? "")" }
        return isDuplicate ? "\(status) duplicate" : String(status)
    }

    /// Orders outcomes by status, those without an answer last.
    static func < (left: SendOutcome, right: SendOutcome) -> Bool {
        left.rank < right.rank
    }

    private var rank: (status: Int, duplicate: Int, fault: String) {
        (status ?? Int.max, isDuplicate ? 1 : 0, fault ?? "")
    }
}
