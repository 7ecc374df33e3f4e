import Postroom
import PostroomTesting
import Testing

/// The examples of *Testing handlers*, which run as tests too.
@Suite("The examples of the guide on testing")
struct Trials {
    @Test("a user reaches the CRM though it is down at first")
    func userReachesCRM() async throws {
        let crm = FakeCRM(failures: 2)
        let trial = try HandlerTrial("crm.sync") { AcmeProgram(crm: crm).register(on: &$0) }
        let event = try Event.sample(.wacht, "user.created")

        let run = await trial.run(event)

        #expect(run.verdict == .handled)
        #expect(run.attempts.map(\.number) == [1, 2, 3])
        #expect(run.delays == [.seconds(2), .seconds(6)])
        #expect(await crm.keys.count == 1)
    }

    @Test("a body that names no user is undecodable")
    func misfit() async throws {
        let trial = try HandlerTrial("crm.sync") { AcmeProgram(crm: FakeCRM(failures: 0)).register(on: &$0) }
        let event = Event.received(from: .wacht, body: #"{"type": "user.created", "data": {}}"#)

        let run = await trial.run(event)

        #expect(run.verdict == .dead(.undecodable))
    }

    func signedRequest() throws -> TestRequest {
        try TestRequest.signed(.wacht, "user.created", secrets: [Secret("whsec_dGVzdC1zZWNyZXQtb2YtdGhlLWd1aWRlcw==")])
    }

    @Test("a signed request carries its signature")
    func signature() throws {
        #expect(try signedRequest().headers.contains { $0.name.lowercased() == "webhook-signature" })
    }
}

/// The program of which the examples try a handler.
struct AcmeProgram {
    let crm: FakeCRM

    func register(on handlers: inout HandlerRegistry) {
        handlers.on(Wacht.UserCreated.self, named: "crm.sync") { [crm] event, context in
            try await crm.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
        }
    }
}

/// A customer database that is down at first.
actor FakeCRM {
    /// The keys of what reached it.
    private(set) var keys: [String] = []
    private var failures: Int

    init(failures: Int) {
        self.failures = failures
    }

    func upsert(id: String, idempotencyKey: String) throws {
        guard failures == 0 else {
            failures -= 1
            throw Unavailable()
        }
        keys.append(idempotencyKey)
    }

    /// The error of a service that is down.
    struct Unavailable: Error {}
}
