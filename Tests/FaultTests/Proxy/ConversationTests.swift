import NIOCore
import Testing

@testable import PostroomChaos

@Suite("What a proxy understands of a conversation with Postgres")
struct ConversationTests {
    /// A conversation, with the end that speaks and its outcome.
    enum Step: Hashable {
        case client(FrontendMessages.Kind, Conversation.Action)
        case server(BackendMessages.Kind, Conversation.Action)
    }

    /// A conversation with one armed cut.
    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cut: Cut?
        let steps: [Step]
    }

    private static let settleCut = Cut(.afterCommit, role: "dispatch", statement: "batch_settle")
    private static let early = Cut(.beforeCommit, role: "dispatch", statement: "batch_settle")
    private static let start = FrontendMessages.Kind.startup(["user": "u", "application_name": "postroom dispatch"])
    private static let begin: [Step] = [.client(start, .forward), .server(.other, .forward), .server(.ready, .forward)]

    static let stories = [
        Story(
            testDescription: "encryption is refused in the server's place",
            cut: nil,
            steps: [.client(.encryptionRequest, .refuseEncryption)] + begin
        ),
        Story(
            testDescription: "what the statement commits is answered to nobody, and what came before it is",
            cut: settleCut,
            steps: begin + [
                .client(.bind(statement: "batch_claim_1"), .forward), .client(.sync, .forward),
                .client(.bind(statement: "batch_settle_2"), .forward), .client(.sync, .forward),
                .client(.bind(statement: "batch_claim_1"), .swallow), .client(.sync, .swallow),
                .server(.other, .forward), .server(.ready, .forward), .server(.other, .swallow),
                .server(.ready, .cut(CutRecord(cut: settleCut, wasCommitted: true))),
            ]
        ),
        Story(
            testDescription: "a statement that the server refuses was not committed",
            cut: settleCut,
            steps: begin + [
                .client(.bind(statement: "batch_settle_2"), .forward), .client(.sync, .forward),
                .server(.failure, .swallow),
                .server(.ready, .cut(CutRecord(cut: settleCut, wasCommitted: false))),
            ]
        ),
        Story(
            testDescription: "a cut before the commit keeps the sync from the server",
            cut: early,
            steps: begin + [
                .client(.bind(statement: "batch_settle_2"), .forward),
                .client(.sync, .cut(CutRecord(cut: early, wasCommitted: false))),
            ]
        ),
        Story(
            testDescription: "a statement without a name is known by its text",
            cut: settleCut,
            steps: begin + [
                .client(.parse(name: "", sql: "/* batch_settle */ DELETE"), .forward),
                .client(.bind(statement: ""), .forward), .client(.sync, .forward),
                .server(.ready, .cut(CutRecord(cut: settleCut, wasCommitted: true))),
            ]
        ),
        Story(
            testDescription: "other statements of the role are left alone",
            cut: settleCut,
            steps: begin + [
                .client(.bind(statement: "retry_settle_2"), .forward), .client(.sync, .forward),
                .client(.query("SELECT 1"), .forward), .server(.ready, .forward), .server(.ready, .forward),
            ]
        ),
        Story(
            testDescription: "other roles are left alone",
            cut: Cut(.afterCommit, role: "intake"),
            steps: begin + [
                .client(.bind(statement: "batch_settle_2"), .forward), .client(.sync, .forward),
                .server(.ready, .forward),
            ]
        ),
    ]

    @Test("each message has its fate", arguments: stories)
    func fates(story: Story) {
        var conversation = Conversation()
        var armed = story.cut
        for step in story.steps {
            switch step {
            case .client(let kind, let expected):
                let action = conversation.sent(kind) { application, statements in
                    guard let cut = armed, cut.isHere(application: application, statements: statements) else {
                        return nil
                    }
                    armed = nil
                    return cut
                }
                #expect(action == expected, "\(step)")
            case .server(let kind, let expected):
                #expect(conversation.received(kind) == expected, "\(step)")
            }
        }
    }

    @Test("messages are read whole, however the bytes are divided", arguments: [1, 2, 7, 1000])
    func division(chunk: Int) throws {
        var bytes = ByteBuffer()
        func message(_ type: Character?, _ content: [UInt8]) {
            if let type = type?.asciiValue {
                bytes.writeInteger(type)
            }
            bytes.writeInteger(UInt32(content.count + 4))
            bytes.writeBytes(content)
        }
        message(nil, [4, 210, 22, 47])
        message(nil, [0, 3, 0, 0] + Array("application_name\0postroom intake\0user\0u\0\0".utf8))
        message("P", Array("s_1\0SELECT 1\0\0\0".utf8))
        message("B", Array("\0s_1\0\0\0\0\0\0\0".utf8))
        message("E", [0, 0, 0, 0, 0])
        message("S", [])
        message("Q", Array("COMMIT\0".utf8))

        var messages = FrontendMessages()
        var kinds: [FrontendMessages.Kind] = []
        var length = 0
        while let piece = bytes.readSlice(length: min(chunk, bytes.readableBytes)), piece.readableBytes > 0 {
            length += piece.readableBytes
            messages.append(piece)
            while let (kind, bytes) = try messages.next() {
                kinds.append(kind)
                length -= bytes.readableBytes
            }
        }
        #expect(length == 0, "nothing is lost or added")
        #expect(
            kinds == [
                .encryptionRequest, .startup(["application_name": "postroom intake", "user": "u"]),
                .parse(name: "s_1", sql: "SELECT 1"), .bind(statement: "s_1"), .other, .sync, .query("COMMIT"),
            ]
        )
    }

    @Test("what is no message of Postgres is noticed")
    func nonsense() {
        var messages = BackendMessages()
        messages.append(ByteBuffer(string: "HTTP/1.1 200 OK"))
        #expect(throws: MessageBuffer.NotPostgres.self) { try messages.next() }
    }
}
