import PostroomCore

/// The wake-ups from the database to the workers of this process, and the requests for one to the connection that sends it.
///
/// All are coalesced: one pending signal stands for any number.
final class WakeUpSignals: Sendable {
    /// One element for each time another process should be woken.
    let notificationRequests: AsyncStream<Void>
    /// The wake-ups for work that may have become claimable.
    let work = Broadcast()
    /// The wake-ups for handlers that were paused, resumed or removed.
    let directory = Broadcast()
    /// One element for each time other processes should look at what is scheduled.
    let scheduleRequests: AsyncStream<Void>
    private let requests: AsyncStream<Void>.Continuation
    private let scheduleContinuation: AsyncStream<Void>.Continuation

    init() {
        (notificationRequests, requests) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (scheduleRequests, scheduleContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func requestNotification() {
        requests.yield()
    }

    func requestScheduleNotification() {
        scheduleContinuation.yield()
    }

    func finish() {
        requests.finish()
        scheduleContinuation.finish()
        work.finish()
        directory.finish()
    }
}
