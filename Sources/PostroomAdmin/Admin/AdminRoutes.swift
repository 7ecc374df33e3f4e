import Hummingbird
import NIOCore

/// What the admin address answers.
struct AdminRoutes: Sendable {
    let liveness: [HealthCheck]
    let readiness: [HealthCheck]
    let metrics: PrometheusMetrics
    let work: BackgroundWork
    let clock: any Clock<Duration>

    /// The longest wait for figures that a collector reads.
    static let limit = Duration.seconds(2)

    func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("health/live") { _, _ in try answer(liveness) }
        router.get("health/ready") { _, _ in try answer(readiness) }
        router.get("metrics") { _, _ in
            let text = await metrics.render { call in
                await call.value(within: Self.limit, on: work, clock: clock)
            }
            return response(.ok, type: MetricText.mediaType, ByteBuffer(string: text))
        }
        return router
    }

    private func answer(_ checks: [HealthCheck]) throws -> Response {
        let report = HealthReport(checks)
        let body = ByteBuffer(bytes: try report.json())
        return response(report.isHealthy ? .ok : .serviceUnavailable, type: "application/json", body)
    }

    private func response(_ status: HTTPResponse.Status, type: String, _ body: ByteBuffer) -> Response {
        let headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
