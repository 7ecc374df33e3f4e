import NIOCore
import NIOHTTP1
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("The state of a connection")
struct ConnectionStateTests {
    /// The events of a connection, with times in seconds since it was opened.
    enum Event: Equatable {
        case head(Head)
        case part(Int, second: Int64 = 0)
        case end, endWhileDraining
        case respond(UInt64, Response = .unavailable, closes: Bool = false)
        case write, writeWhileDraining
        case readCompleted
        case read(isWritable: Bool), resume(isWritable: Bool, second: Int64 = 0)
        case inputClosed
        case fail
        case time(Int64, isCrowded: Bool = false)
        case drain
    }

    /// The heads that a sender may send; the endpoint takes bodies of up to 10 bytes.
    enum Head {
        case open, closing, expecting, misdirected, misdirectedClosing, misdirectedLong
    }

    /// A connection that the events have led to a state.
    struct State: CustomTestStringConvertible {
        let name: String
        let events: [Event]

        var testDescription: String { name }
    }

    private static let request: [Event] = [.head(.open), .end, .readCompleted]

    static let firstHead = State(name: "firstHead", events: [])
    static let idle = State(name: "idle", events: request + [.respond(0), .write])
    static let partialHead = State(name: "head", events: idle.events + [.readCompleted])
    static let body = State(name: "body", events: [.head(.open)])
    static let lastBody = State(name: "last body", events: [.head(.closing)])
    static let discarding = State(name: "discarding", events: [.head(.misdirected), .write])
    static let closing = State(name: "closing", events: [.head(.closing), .end])
    static let closingUnread = State(name: "closing, unread", events: request + [.fail])
    static let ended = State(name: "ended", events: closing.events + [.respond(0), .write])
    static let endedUnread = State(name: "ended, unread", events: [.fail, .write])
    /// The same as idle and head, but a response is owed.
    static let owing = State(name: "idle, owing", events: request)
    static let owingHead = State(name: "head, owing", events: request + [.readCompleted])
    static let owingDiscarding = State(name: "discarding, owing", events: request + [.head(.misdirected)])

    static let reading = [firstHead, idle, partialHead, owing, owingHead]
    static let last = [closing, closingUnread, ended, endedUnread]
    static let readingAndBody = reading + [body, lastBody]
    static let readingAndClosing = reading + [body, discarding, closing]
    static let allButReading = [discarding] + last
    static let allButIdle = [firstHead, partialHead, discarding] + last
    static let undrained = [partialHead, body, discarding, owing, owingHead] + last

    /// An event in each of some states, the action that it asks for, and the phase that it leads to.
    struct Row: CustomTestStringConvertible {
        let states: [State]
        let event: Event
        let action: String
        /// The next phase; `nil` where it stays as it is.
        let next: String?

        init(_ states: [State], _ event: Event, _ action: String, _ next: String? = nil) {
            (self.states, self.event, self.action, self.next) = (states, event, action, next)
        }

        var testDescription: String { "\(states.map(\.name)) \(event) → \(action), \(next ?? "the same")" }
    }

    static let rows: [Row] = [
        Row(reading, .head(.open), "receives", "body"),
        Row(reading, .head(.closing), "receives", "body"),
        Row(reading, .head(.misdirected), "rejects unknownEndpoint", "discarding"),
        Row(reading, .head(.misdirectedClosing), "rejects unknownEndpoint", "closing"),
        Row(reading, .head(.misdirectedLong), "rejects unknownEndpoint", "closing, unread"),
        Row(last, .head(.open), "ignores"),
        Row(last, .head(.misdirected), "ignores"),

        Row([body, lastBody], .part(10), "holds"),
        Row([body, lastBody], .part(11), "responds tooLarge(limit: 10)", "closing, unread"),
        Row(allButReading, .part(11), "ignores"),

        Row([body], .end, "verifies 0", "idle"),
        Row([body], .endWhileDraining, "verifies 0", "idle"),
        Row([lastBody], .end, "verifies 0", "closing"),
        Row([discarding, owingDiscarding], .end, "ignores", "idle"),
        Row([discarding], .endWhileDraining, "closes", "idle"),
        Row([owingDiscarding], .endWhileDraining, "ignores", "idle"),
        Row(last, .end, "ignores"),

        Row(readingAndBody, .fail, "responds malformed", "closing, unread"),
        Row([discarding], .fail, "closes"),
        Row(last, .fail, "ignores"),

        Row([firstHead, idle, partialHead, discarding, endedUnread], .inputClosed, "closes"),
        Row([owing, owingHead, body, owingDiscarding, closing, closingUnread], .inputClosed, "waits", "closing"),
        Row([ended], .inputClosed, "waits"),

        Row([idle, owing], .readCompleted, "", "head"),
        Row(allButIdle, .readCompleted, ""),

        Row([firstHead, idle, partialHead, discarding], .write, ""),
        Row([firstHead, idle, partialHead, discarding], .writeWhileDraining, ""),
        Row(last, .write, ""),

        Row([firstHead, idle], .drain, "closes"),
        Row(undrained, .drain, "waits"),

        Row([firstHead, partialHead], .time(9), "waits"),
        Row([firstHead], .time(10), "closes"),
        Row([partialHead], .time(10), "responds timedOut", "closing, unread"),
        Row([owingHead], .time(10), "responds timedOut", "closing, unread"),
        Row([idle], .time(74), "waits"),
        Row([idle], .time(75), "closes"),
        Row([body, discarding], .time(4), "waits"),
        Row([body], .time(5), "responds timedOut", "closing, unread"),
        Row([discarding], .time(5), "closes"),
        Row([ended, endedUnread], .time(1), "waits"),
        Row([ended, endedUnread], .time(2), "closes"),
        Row([owing, closing, closingUnread], .time(1000), "waits"),
        Row([firstHead, idle, partialHead, body, discarding, ended], .time(1, isCrowded: true), "waits"),
        Row([firstHead, idle], .time(2, isCrowded: true), "closes"),
        Row([partialHead], .time(2, isCrowded: true), "responds timedOut", "closing, unread"),
        Row([body, discarding, owing], .time(2, isCrowded: true), "waits"),

        Row(readingAndClosing, .read(isWritable: true), "reads"),
        Row(readingAndClosing, .read(isWritable: false), "holds back"),
        Row(readingAndClosing, .resume(isWritable: true), "holds back"),
    ]

    @Test("every event has its action and its next state", arguments: rows)
    func transition(_ row: Row) {
        for given in row.states {
            var state = Self.state(given.events)
            let before = Self.phase(of: state)
            #expect(given.name.hasPrefix(before) || given.name == "last body")
            let action = Self.apply(row.event, to: &state)
            let after = Self.phase(of: state)
            #expect(action == row.action, "\(given.name)")
            #expect(after == row.next ?? before, "\(given.name)")
        }
    }

    /// Events one after the other, each with its action.
    struct Story: CustomTestStringConvertible {
        let name: String
        var pipelinedRequests = 16
        let steps: [(event: Event, action: String)]

        var testDescription: String { name }
    }

    static let stories: [Story] = [
        Story(
            name: "responses are written in the order of their requests, in one flush",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.head(.open), "receives"), (.end, "verifies 1"),
                (.respond(1, .overloaded), ""), (.write, ""), (.respond(0), ""),
                (.write, "writes unavailable, writes overloaded, flushes"), (.write, ""),
            ]
        ),
        Story(
            name: "the response to a request that asks for it ends the connection",
            steps: [
                (.head(.closing), "receives"), (.end, "verifies 0"), (.respond(0), ""),
                (.write, "writes unavailable and closes, flushes"), (.respond(0), ""), (.write, ""),
            ]
        ),
        Story(
            name: "a failure waits for the responses before it, and leaves the sender time to read",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.fail, "responds malformed"), (.write, ""),
                (.respond(0), ""),
                (.write, "writes unavailable, writes malformed as the last, flushes and closes for writing"),
                (.inputClosed, "closes"),
            ]
        ),
        Story(
            name: "a failure is no failure of a sender that has sent all it wanted",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.inputClosed, "waits"), (.fail, "ignores"),
                (.respond(0), ""), (.write, "writes unavailable and closes, flushes"),
            ]
        ),
        Story(
            name: "a response that closes ends the connection, whatever is being read and owed",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.head(.open), "receives"),
                (.respond(0, .shuttingDown, closes: true), ""), (.write, "writes shuttingDown and closes, flushes"),
                (.part(1), "ignores"), (.end, "ignores"), (.fail, "ignores"),
            ]
        ),
        Story(
            name: "a 100 is due when nothing is owed before it",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.head(.expecting), "receives"), (.write, ""),
                (.respond(0), ""), (.write, "writes unavailable, writes 100, flushes"), (.write, ""),
                (.part(1), "holds"), (.end, "verifies 1"),
            ]
        ),
        Story(
            name: "the last response while draining says so",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.head(.open), "receives"), (.end, "verifies 1"),
                (.respond(0), ""), (.writeWhileDraining, "writes unavailable, flushes"), (.respond(1), ""),
                (.writeWhileDraining, "writes unavailable and closes, flushes"),
            ]
        ),
        Story(
            name: "a request that is being read is not cut off by draining",
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.head(.open), "receives"), (.respond(0), ""),
                (.writeWhileDraining, "writes unavailable, flushes"), (.end, "verifies 1"),
            ]
        ),
        Story(
            name: "a connection that owes as much as it may is read again after a response",
            pipelinedRequests: 1,
            steps: [
                (.read(isWritable: true), "reads"), (.head(.open), "receives"), (.end, "verifies 0"),
                (.read(isWritable: true), "holds back"), (.resume(isWritable: true), "holds back"), (.respond(0), ""),
                (.write, "writes unavailable, flushes"), (.resume(isWritable: false), "holds back"),
                (.resume(isWritable: true), "reads"), (.resume(isWritable: true), "holds back"),
            ]
        ),
        Story(
            name: "a sender that is not read from is not to blame",
            pipelinedRequests: 1,
            steps: [
                (.head(.open), "receives"), (.end, "verifies 0"), (.readCompleted, ""), (.readCompleted, ""),
                (.read(isWritable: true), "holds back"), (.time(10), "waits"), (.time(19), "waits"),
                (.respond(0), ""), (.write, "writes unavailable, flushes"),
                (.resume(isWritable: true, second: 19), "reads"), (.time(28), "waits"),
                (.time(29), "responds timedOut"),
            ]
        ),
    ]

    @Test("events follow each other", arguments: stories)
    func story(_ story: Story) {
        var state = ConnectionState(pipelinedRequests: story.pipelinedRequests, at: Self.start)
        for (event, expected) in story.steps {
            let action = Self.apply(event, to: &state)
            #expect(action == expected, "\(event)")
        }
    }

    @Test("a body that makes progress has its time, and not more")
    func progress() {
        let timeouts = ReadTimeouts(ReceiverConfiguration.Timeouts())
        var state = Self.state([.head(.expecting)], bodyLimit: 1 << 20)
        for second in Int64(1)..<30 {
            _ = state.bodyReceived(1024, at: Self.start + .seconds(second))
            guard case .wait = state.timeChecked(at: Self.start + .seconds(second), timeouts, isCrowded: false) else {
                Issue.record("given up after \(second) seconds")
                return
            }
        }
        guard case .fail = state.timeChecked(at: Self.start + .seconds(30), timeouts, isCrowded: false) else {
            Issue.record("not given up")
            return
        }
    }

    @Test("a request counts with its head and the body that came, and hands both over at its end")
    func memory() throws {
        var state = Self.state([.head(.open)])
        let begun = state.requestMemory
        let head = Self.head(.open).bytes
        #expect(begun == head)
        guard case .hold(let memory) = state.bodyReceived(4, at: Self.start) else { throw Unexpected() }
        state.append(ByteBuffer(string: "body"))
        let grown = state.requestMemory
        #expect(memory == head + 4)
        #expect(grown == memory)
        guard case .verify(let request) = state.endReceived(isDraining: false, at: Self.start) else {
            throw Unexpected()
        }
        let left = state.requestMemory
        #expect(request.memory == memory)
        #expect(request.body.bytes == Array("body".utf8))
        #expect(left == nil)
    }

    @Test("a body grows in place")
    func inPlace() {
        var state = Self.state([.head(.open)])
        var addresses: Set<UnsafeRawPointer?> = []
        for _ in 0..<3 {
            _ = state.bodyReceived(1, at: Self.start)
            state.append(ByteBuffer(bytes: [1]))
            switch state.phase {
            case .body(let request): addresses.insert(request.body.bytes.withUnsafeBytes(\.baseAddress))
            default: Issue.record("no body is received")
            }
        }
        #expect(addresses.count == 1)
    }

    @Test("a sender has a speed once it is not new, unless it waits for us")
    func speed() {
        var head = Self.state(Self.partialHead.events)
        let body = Self.state([.head(.open), .part(8)])
        var speeds = [
            head.speed(at: Self.start, undecoded: 100), head.speed(at: Self.start + .seconds(2), undecoded: 100),
            body.speed(at: Self.start + .seconds(2), undecoded: 100),
        ]
        _ = head.readRequested(isWritable: false)
        speeds.append(head.speed(at: Self.start + .seconds(2), undecoded: 100))
        #expect(speeds == [nil, 50, 4, nil])
    }

    private struct Unexpected: Error {}

    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func state(_ events: [Event], bodyLimit: Int = 10) -> ConnectionState {
        var state = ConnectionState(pipelinedRequests: 16, at: start)
        for event in events {
            _ = apply(event, to: &state, bodyLimit: bodyLimit)
        }
        return state
    }

    private static func phase(of state: borrowing ConnectionState) -> String {
        switch state.phase {
        case .firstHead: "firstHead"
        case .idle: "idle"
        case .head: "head"
        case .body: "body"
        case .discarding: "discarding"
        case .closing(let isUnread): isUnread ? "closing, unread" : "closing"
        case .ended(let isUnread): isUnread ? "ended, unread" : "ended"
        }
    }

    private static func head(_ head: Head) -> RequestHead {
        let target = [.open, .closing, .expecting].contains(head) ? "/hooks/open" : "/hooks/none"
        var parsed = HTTPRequestHead(version: .http1_1, method: .POST, uri: target)
        parsed.headers.add(name: "Content-Length", value: head == .misdirectedLong ? "65537" : "5")
        switch head {
        case .open, .misdirected, .misdirectedLong: break
        case .closing: parsed.headers.add(name: "Connection", value: "close")
        case .misdirectedClosing:
            parsed.headers.add(name: "Connection", value: "close")
            parsed.headers.replaceOrAdd(name: "Content-Length", value: "0")
        case .expecting: parsed.headers.add(name: "Expect", value: "100-continue")
        }
        return RequestHead(parsed)
    }

    private static func apply(_ event: Event, to state: inout ConnectionState, bodyLimit: Int = 10) -> String {
        switch event {
        case .head(let kind):
            let head = head(kind)
            let endpoint = ReceiverEndpoint.test(bodyLimit: bodyLimit)
            let table = EndpointTable(
                [endpoint],
                metrics: ReceiverMetrics(factory: TestMetrics()),
                notes: IntakeNotes([endpoint])
            )
            let admission = Admission.decide(head, for: table[target: head.target], isDraining: false)
            return words(state.headReceived(head, admission, at: start))
        case .part(let count, let second): return words(state.bodyReceived(count, at: start + .seconds(second)))
        case .end: return words(state.endReceived(isDraining: false, at: start))
        case .endWhileDraining: return words(state.endReceived(isDraining: true, at: start))
        case .respond(let number, let response, let closes):
            state.respond(to: number, with: response, closes: closes)
            return ""
        case .write: return written(by: &state, isDraining: false)
        case .writeWhileDraining: return written(by: &state, isDraining: true)
        case .readCompleted:
            state.readCompleted(at: start)
            return ""
        case .read(let isWritable): return state.readRequested(isWritable: isWritable) ? "reads" : "holds back"
        case .resume(let isWritable, let second):
            let resumes = state.resumesReading(isWritable: isWritable, at: start + .seconds(second))
            return resumes ? "reads" : "holds back"
        case .inputClosed: return state.inputClosed() ? "closes" : "waits"
        case .fail: return words(state.fail(with: .malformed, at: start))
        case .time(let second, let isCrowded):
            let timeouts = ReadTimeouts(ReceiverConfiguration.Timeouts())
            switch state.timeChecked(at: start + .seconds(second), timeouts, isCrowded: isCrowded) {
            case .wait: return "waits"
            case .close: return "closes"
            case .fail(let failure): return words(failure)
            }
        case .drain: return state.canDrain ? "closes" : "waits"
        }
    }

    private static func written(by state: inout ConnectionState, isDraining: Bool) -> String {
        var words: [String] = []
        while let output = state.nextOutput(isDraining: isDraining, at: start) {
            switch output {
            case .goOn: words.append("writes 100")
            case .response(let response, _): words.append("writes \(response)")
            case .last(let response, let form, closes: true):
                words.append("writes \(response) and closes")
                #expect(!form.keepsAlive)
            case .last(let response, let form, closes: false):
                words.append("writes \(response) as the last")
                #expect(!form.keepsAlive)
            }
        }
        switch state.flush() {
        case .nothing: break
        case .flush: words.append("flushes")
        case .flushAndCloseOutput: words.append("flushes and closes for writing")
        }
        return words.joined(separator: ", ")
    }

    private static func words(_ action: ConnectionState.HeadAction) -> String {
        switch action {
        case .ignore: "ignores"
        case .receive: "receives"
        case .reject(let response, _): "rejects \(response)"
        }
    }

    private static func words(_ action: ConnectionState.BodyAction) -> String {
        switch action {
        case .ignore: "ignores"
        case .hold: "holds"
        case .fail(let failure): words(failure)
        }
    }

    private static func words(_ action: ConnectionState.EndAction) -> String {
        switch action {
        case .ignore: "ignores"
        case .verify(let request): "verifies \(request.number)"
        case .close: "closes"
        }
    }

    private static func words(_ failure: ConnectionState.Failure) -> String {
        switch failure {
        case .ignore: "ignores"
        case .close: "closes"
        case .respond(let response, _): "responds \(response)"
        }
    }
}
