import Logging

/// A log handler that adds the handler, the delivery, the attempt and the sender's trace to each line, at the moment it is
/// logged.
///
/// Most attempts log nothing, so nothing is formatted for them.
struct AttemptLogHandler: LogHandler {
    private var base: any LogHandler
    private let handler: HandlerName
    private let delivery: Delivery
    private let attempt: Int

    static func logger(_ base: Logger, _ handler: HandlerName, _ delivery: Delivery, _ attempt: Int) -> Logger {
        Logger(label: base.label) { _ in
            AttemptLogHandler(base: base.handler, handler: handler, delivery: delivery, attempt: attempt)
        }
    }

    private init(base: any LogHandler, handler: HandlerName, delivery: Delivery, attempt: Int) {
        self.base = base
        self.handler = handler
        self.delivery = delivery
        self.attempt = attempt
    }

    private var own: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "handler": .string(handler.rawValue),
            "delivery": .stringConvertible(delivery.id),
            "attempt": .stringConvertible(attempt),
        ]
        if let trace = delivery.headers.traceID {
            metadata["trace_id"] = .string(trace)
        }
        return metadata
    }

    func log(event: LogEvent) {
        var event = event
        event.metadata = own.merging(event.metadata ?? [:]) { _, given in given }
        base.log(event: event)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] ?? own[key] }
        set { base[metadataKey: key] = newValue }
    }

    var metadata: Logger.Metadata {
        get { own.merging(base.metadata) { _, given in given } }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }
}
