/// How an attempt came to its end, whatever its handler then returned.
package enum AttemptEnd: Sendable {
    /// By itself.
    case own
    /// It was cancelled because it took longer than its timeout.
    case timedOut
    /// It was cancelled because the worker stops.
    case shutdown
    /// It was cancelled because the worker no longer holds its claim, or its slot was given up: nobody waits for it.
    case dropped
}
