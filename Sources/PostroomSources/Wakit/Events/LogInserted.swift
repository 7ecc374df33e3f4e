import PostroomCore

extension Wakit {
    /// wakit wrote a line into its log.
    ///
    /// Lines are only inserted, never updated.
    public struct LogInserted: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `logs.insert`.
        public static let eventTypes = ["logs.insert"]

        /// The line's row.
        public let line: LogLine
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.line = try LogLine(data)
        }
    }
}
