import PostroomAdmin

extension PrometheusMetrics {
    /// The rendered text without the metrics about the metrics themselves.
    func ownSeries() async -> String {
        await render().split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("postroom_metrics_") }
            .joined(separator: "\n")
    }

    /// The value of a series, as rendered.
    func value(of series: String) async -> String? {
        await render().split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .map { String($0.dropFirst(series.count + 1)) }
    }
}
