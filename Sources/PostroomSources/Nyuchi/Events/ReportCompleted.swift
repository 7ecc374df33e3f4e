public import PostroomCore

extension Nyuchi {
    /// A scheduled report is ready.
    public struct ReportCompleted: EnvelopedEvent {
        typealias Envelope = NyuchiEnvelope

        /// `report.completed`.
        public static let eventTypes = ["report.completed"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the report.
        public let reportID: String
        /// The report's name, for people.
        public let reportName: String?
        /// The number of rows; `nil` where the producer gives none or something that is no count.
        public let rowCount: Int?
        /// Where the report can be fetched, for a while, by whoever has the URL.
        ///
        /// It comes from outside: it may be relative, expired, or point into your own network. Check it before anything
        /// follows it.
        public let downloadURL: Sensitive<String>?

        init(_ envelope: NyuchiEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope, data)
            self.reportID = try data.id("report_id")
            self.reportName = data.optional("report_name")
            self.rowCount = data.optional("row_count")
            self.downloadURL = data.optional("download_url")
        }
    }
}
