import AsyncHTTPClient
import NIOCore
import PostroomCore
import Synchronization

/// The HTTP clients of one host: one for each address that it has, which connects to that address and no other.
///
/// A name is looked up here and not by the client, so that the address that was checked is the one that is connected to,
/// whatever the name means a moment later. An address to which no connection could be made gives way to the next one.
final class PinnedClients: Sendable {
    private struct Entry {
        let client: HTTPClient
        var uses = 0
    }

    private struct State {
        var addresses: [IPAddress] = []
        /// The place of the address that is used now.
        var current = 0
        var lookedUpAt: ContinuousClock.Instant?
        var isLookingUp = false
        var clients: [IPAddress: Entry] = [:]
        /// Clients of addresses that the host has no more, until nobody uses them.
        var retired: [Entry] = []
        var isShutDown = false
    }

    /// The age at which a lookup is made anew.
    static let freshness = Duration.seconds(30)

    private let host: String
    private let rule: AddressRule
    private let lookup: HostLookup
    private let make: @Sendable (IPAddress) -> HTTPClient
    private let state = Mutex(State())

    /// Prepares the clients; none is made before it is used.
    ///
    /// - Parameters:
    ///   - host: The host's name or address.
    ///   - rule: The rule which addresses may be connected to.
    ///   - lookup: The way to look up addresses.
    ///   - make: Makes a client that connects to an address.
    init(
        host: String,
        rule: AddressRule,
        lookup: HostLookup,
        make: @escaping @Sendable (IPAddress) -> HTTPClient
    ) {
        self.host = host
        self.rule = rule
        self.lookup = lookup
        self.make = make
    }

    /// Lends a client of the host.
    ///
    /// - Parameter body: Uses the client. An error of it counts against the address.
    /// - Returns: The value of the body.
    /// - Throws: ``ForwardFailure`` where no address may be connected to; else the body's error.
    func withClient<Value>(_ body: (HTTPClient, IPAddress) async throws -> Value) async throws -> Value {
        try await lookUpIfStale()
        let (client, address) = try take()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(client, address))
        } catch {
            outcome = .failure(error)
            noteFailure(of: address)
        }
        for unused in giveBack(client, of: address) {
            try? await unused.shutdown().get()
        }
        return try outcome.get()
    }

    /// Ends all clients, and lends none any more.
    func shutDown() async {
        let clients = state.withLock { state in
            state.isShutDown = true
            defer { (state.clients, state.retired) = ([:], []) }
            return state.clients.values.map(\.client) + state.retired.map(\.client)
        }
        for client in clients {
            try? await client.shutdown().get()
        }
    }

    // MARK: - Addresses

    private func lookUpIfStale() async throws {
        let isStale = state.withLock { state in
            let isFresh = state.lookedUpAt.map { ContinuousClock.now - $0 < Self.freshness } ?? false
            // While one looks up, the others go on with what is known.
            guard !isFresh, !(state.isLookingUp && !state.addresses.isEmpty) else { return false }
            state.isLookingUp = true
            return true
        }
        guard isStale else { return }
        do {
            let allowed = try allowed(try await lookup.addresses(host))
            state.withLock { state in
                state.isLookingUp = false
                state.lookedUpAt = .now
                let used = state.addresses.indices.contains(state.current) ? state.addresses[state.current] : nil
                state.addresses = allowed
                state.current = used.flatMap { allowed.firstIndex(of: $0) } ?? 0
                for (address, entry) in state.clients where !allowed.contains(address) {
                    state.clients[address] = nil
                    state.retired.append(entry)
                }
            }
        } catch {
            state.withLock { state in
                state.isLookingUp = false
                // What a host was is no answer to what it is: nothing is sent to an address that it may have lost.
                state.addresses = []
            }
            throw error
        }
    }

    private func allowed(_ addresses: [IPAddress]) throws(ForwardFailure) -> [IPAddress] {
        let allowed = addresses.filter { rule.refusal(of: $0) == nil }
        guard allowed.isEmpty else { return allowed }
        let refused = addresses.prefix(4).map { "\($0) is \(rule.refusal(of: $0) ?? "refused")" }
        let reason = refused.isEmpty ? "it has no address" : refused.joined(separator: ", ")
        throw ForwardFailure("\(host) is not connected to: \(reason); set allow-private: true if that is meant")
    }

    // MARK: - Clients

    private func take() throws(ForwardFailure) -> (HTTPClient, IPAddress) {
        let taken: (HTTPClient, IPAddress)? = state.withLock { state in
            guard !state.isShutDown, state.addresses.indices.contains(state.current) else { return nil }
            let address = state.addresses[state.current]
            var entry = state.clients[address] ?? Entry(client: make(address))
            entry.uses += 1
            state.clients[address] = entry
            return (entry.client, address)
        }
        guard let taken else { throw ForwardFailure("the connections to \(host) are being closed") }
        return taken
    }

    /// Gives a client back.
    ///
    /// - Returns: Clients that nobody uses or will use, to be shut down.
    private func giveBack(_ client: HTTPClient, of address: IPAddress) -> [HTTPClient] {
        state.withLock { state in
            if state.clients[address]?.client === client {
                state.clients[address]?.uses -= 1
            } else if let index = state.retired.firstIndex(where: { $0.client === client }) {
                state.retired[index].uses -= 1
            }
            let unused = state.retired.filter { $0.uses == 0 }.map(\.client)
            state.retired.removeAll { $0.uses == 0 }
            return unused
        }
    }

    /// Turns to the next address, and has the name looked up anew.
    private func noteFailure(of address: IPAddress) {
        state.withLock { state in
            guard state.addresses.indices.contains(state.current), state.addresses[state.current] == address else {
                return
            }
            state.current = (state.current + 1) % state.addresses.count
            state.lookedUpAt = nil
        }
    }
}
