import PostroomCore
import Testing

@Suite("Event patterns")
struct EventPatternTests {
    static let globs: [(String, String?, Bool)] = [
        ("*", "user.created", true), ("*", "", true), ("*", nil, true),
        ("user.created", "user.created", true), ("user.created", "user.create", false),
        ("user.created", "User.created", false), ("user.created", nil, false),
        ("", "", true), ("", nil, false), ("", "a", false),
        ("user.*", "user.created", true), ("user.*", "user.", true), ("user.*", "user", false),
        ("user.*", "superuser.created", false), ("user.*", nil, false),
        ("*.created", "user.created", true), ("*.created", "user.created.late", false), ("*.created", ".created", true),
        ("user.*.added", "user.email.added", true), ("user.*.added", "user.added", false),
        ("*user*", "user", true), ("*user*", "a superuser b", true), ("*user*", "usre", false),
        ("**", "anything", true), ("**", nil, false), ("a**b", "ab", true), ("a**b", "axxb", true),
        ("*a*b*c*", "xxaxxbxxcxx", true), ("*a*b*c*", "xxaxxcxxbxx", false),
        ("*aab", "aaaab", true), ("a*a", "a", false), ("a*a", "aa", true),
        ("a.b", "axb", false), ("a?b", "axb", false), ("[ab]", "a", false),
        ("caf\u{E9}", "caf\u{E9}", true), ("caf\u{E9}", "cafe\u{301}", false), ("caf*", "caf\u{E9}", true),
    ]

    @Test("a star stands for any run of characters, everything else for itself", arguments: globs)
    func glob(_ pattern: String, _ type: String?, _ matches: Bool) {
        #expect(
            EventPattern(source: nil, pattern: pattern).matches(source: .wacht, endpoint: "a", eventType: type)
                == matches
        )
    }

    @Test("a pattern of one source wants no other")
    func source() {
        let pattern = EventPattern.events(from: .anthropic, matching: "session.*")
        #expect(pattern.matches(source: .anthropic, endpoint: "a", eventType: "session.created"))
        #expect(!pattern.matches(source: .wacht, endpoint: "a", eventType: "session.created"))
        #expect(EventPattern.everything.matches(source: "anybody", endpoint: "a", eventType: nil))
        #expect(EventPattern.events(from: .sql).matches(source: .sql, endpoint: "a", eventType: nil))
    }

    @Test("a pattern of one endpoint wants no other, of its source or of any")
    func endpoint() {
        let one = EventPattern.events(from: .custom, at: "partner-a", matching: "invoice.*")
        #expect(one.matches(source: .custom, endpoint: "partner-a", eventType: "invoice.paid"))
        #expect(!one.matches(source: .custom, endpoint: "partner-b", eventType: "invoice.paid"))
        #expect(!one.matches(source: .custom, endpoint: "partner-a", eventType: "order.paid"))
        #expect(!one.matches(source: .bearer, endpoint: "partner-a", eventType: "invoice.paid"))
        let all = EventPattern(source: nil, at: "partner-a", pattern: "*")
        #expect(all.matches(source: .bearer, endpoint: "partner-a", eventType: nil))
        #expect(!all.matches(source: .bearer, endpoint: "partner", eventType: nil))
    }

    @Test("many stars on a long type take no more than a moment")
    func bounded() {
        let pattern = String(repeating: "a*", count: 60) + "b"
        let type = String(repeating: "a", count: 5000)
        #expect(!EventPattern(source: nil, pattern: pattern).matches(source: .wacht, endpoint: "a", eventType: type))
    }

    static let written: [(EventPattern, String)] = [
        (.everything, "*:*"),
        (.events(from: .wacht), "wacht:*"),
        (.events(from: .standardWebhooks, matching: "a:b:*"), "standard-webhooks:a:b:*"),
        (EventPattern(source: nil, pattern: "user.*"), "*:user.*"),
        (.events(from: .custom, at: "partner-a", matching: "a@b:*"), "custom@partner-a:a@b:*"),
        (EventPattern(source: nil, at: "partner.a", pattern: "*"), "*@partner.a:*"),
    ]

    @Test("the written form is read back", arguments: written)
    func description(_ pattern: EventPattern, _ text: String) {
        #expect(pattern.description == text)
        #expect(EventPattern(description: text) == pattern)
    }

    @Test(
        "a form without a colon, or with an empty name, is none",
        arguments: ["user.created", "", ":*", "@a:*", "b@:*"]
    )
    func broken(text: String) {
        #expect(EventPattern(description: text) == nil)
    }
}
