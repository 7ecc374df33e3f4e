import Hummingbird
import NIOCore

/// Pages for people on the admin address.
package protocol AdminPages: Sendable {
    /// The paths below which they lie, for example `/console`.
    var paths: [String] { get }

    /// Answers a request below one of the paths.
    ///
    /// - Parameter request: The request.
    /// - Returns: The answer.
    func respond(to request: PageRequest) async -> PageResponse
}

/// A request for a page.
package struct PageRequest: Sendable {
    /// The method.
    package enum Method: Hashable, Sendable {
        /// Reads.
        case get
        /// Acts.
        case post
    }

    /// The method.
    package var method: Method
    /// The path and the query as they were sent.
    package var target: String
    /// The header fields, with names in lower case; of fields with one name all values in their order.
    package var headers: [String: [String]]
    /// The body.
    package var body: [UInt8]
    /// The address of the peer, without a port; `nil` where it has none of the internet's.
    package var peer: String?

    /// Puts a request together.
    package init(
        method: Method = .get,
        target: String,
        headers: [String: [String]] = [:],
        body: [UInt8] = [],
        peer: String? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }
}

/// The answer to a request for a page.
package struct PageResponse: Sendable {
    /// The status code.
    package var status: Int
    /// The header fields, in their order.
    package var headers: [(name: String, value: String)]
    /// The body.
    package var body: [UInt8]

    /// Puts an answer together.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A request on the admin address, with its peer.
struct AdminContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

private typealias Field = HTTPFields.Element

extension AdminPages {
    /// The longest body that is read: forms are short.
    private static var bodyLimit: Int { 1 << 20 }

    /// Adds the pages to routes.
    ///
    /// Where the context of a program's own router does not tell the peer's address, none is known.
    func mount<Context: RequestContext>(on router: RouteCollection<Context>) {
        for path in paths {
            for path in [path, path + "/**"] {
                router.get(RouterPath(path)) { request, context in await answer(request, .get, context) }
                router.post(RouterPath(path)) { request, context in await answer(request, .post, context) }
            }
        }
    }

    private func answer(
        _ request: Request,
        _ method: PageRequest.Method,
        _ context: some RequestContext
    ) async -> Response {
        var headers: [String: [String]] = [:]
        for field in request.headers {
            headers[field.name.canonicalName, default: []].append(field.value)
        }
        if let host = request.head.authority {
            headers["host"] = [host]
        }
        guard let body = try? await request.body.collect(upTo: Self.bodyLimit) else {
            return Response(status: .contentTooLarge)
        }
        let page = await respond(
            to: PageRequest(
                method: method,
                target: request.uri.description,
                headers: headers,
                body: Array(body.readableBytesView),
                peer: (context as? any RemoteAddressRequestContext)?.remoteAddress?.ipAddress
            )
        )
        var fields = HTTPFields()
        for header in page.headers {
            if let name = Field.Name(header.name) {
                fields.append(Field(name: name, value: header.value))
            }
        }
        return Response(
            status: HTTPResponse.Status(code: page.status),
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.body))
        )
    }
}
