import CLibPQ

/// Takes the notices of a connection, and keeps the one that announces its end.
///
/// libpq hands an error that answers no request over as a notice: the server's farewell.
final class NoticeSink {
    private(set) var farewell: PostgresError?

    /// Becomes the receiver of a connection's notices; must outlive it.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { sink, notice in
                guard let sink, let notice else { return }
                Unmanaged<NoticeSink>.fromOpaque(sink).takeUnretainedValue().receive(notice)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func receive(_ notice: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(notice, code).map { String(cString: $0) }
        }
        // A crash of another backend is announced as a warning (57P02), everything else as fatal.
        let state = field(postroom_field_sqlstate).map { SQLState($0) }
        let severity = field(postroom_field_severity)
        guard severity == "FATAL" || severity == "PANIC" || state == .crashShutdown else { return }
        farewell = PostgresError(
            .connectionLost,
            field(postroom_field_message) ?? "the server ended the session",
            sqlState: state,
            isSafeToRetry: false
        )
    }
}
