public import PostroomCore

extension Wacht {
    /// What tells that two deliveries are about one and the same change, though their idempotency keys differ.
    ///
    /// Wacht sends a change under several identities where it has several endpoints with one URL, where its own queue
    /// repeats itself, and at each replay, which wraps the body once more. A handler that must not act twice on these can
    /// remember fingerprints. Equal changes at different times have one fingerprint too, so this is no identity.
    ///
    /// - Parameter event: An event of Wacht.
    /// - Returns: A digest of the type and the innermost data, or `nil` where the event has neither.
    public static func fingerprint(of event: Event) -> String? {
        guard event.source == .wacht, let envelope = WachtEnvelope(lenient: event.body), let type = envelope.type else {
            return nil
        }
        let data: ArraySlice<UInt8>
        if let value = envelope.value {
            data = value.bytes
        } else {
            // A thread event as the documentation prints it: the whole body is the data, without a byte order mark.
            data = event.body[JSONLexer.textStart(event.body.span)...]
        }
        return IdentityText.digest(Array(type.utf8) + [0] + data)
    }
}
