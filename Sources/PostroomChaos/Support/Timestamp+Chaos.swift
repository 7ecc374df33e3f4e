import FoundationEssentials
import PostroomCore

extension Timestamp {
    /// This moment by the system's clock.
    static var now: Timestamp {
        Timestamp(Date.now)
    }

    /// Returns the time since an earlier moment.
    func since(_ other: Timestamp) -> Duration {
        .microseconds(rawValue - other.rawValue)
    }

    /// A moment before this one.
    static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        moment + (.zero - duration)
    }
}

extension Duration {
    /// Seconds, for people and for JSON, to the millisecond.
    var seconds: Double {
        ((self / .milliseconds(1)).rounded()) / 1000
    }
}
