/// Looks again and again for what no signal announces, because another process brings it about.
///
/// - Parameters:
///   - what: The awaited thing, as it stands after "there is still".
///   - limit: The longest wait; generous, because machines that run tests are busy.
///   - look: Returns what was waited for once it is there.
/// - Returns: The value that came.
/// - Throws: ``Unexpected`` at the limit, or what `look` throws.
@discardableResult
package func eventually<Value>(
    _ what: String,
    within limit: Duration = .seconds(180),
    _ look: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while true {
        if let value = try await look() {
            return value
        }
        guard .now < end else { throw Unexpected("after \(limit), \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// The same for a condition.
package func eventually(_ what: String, within limit: Duration = .seconds(180), _ holds: () async throws -> Bool)
    async throws
{
    try await eventually(what, within: limit) { try await holds() ? () : nil }
}
