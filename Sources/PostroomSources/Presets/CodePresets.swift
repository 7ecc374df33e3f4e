import PostroomCore

extension Presets {
    /// GitHub.
    ///
    /// The event is named by a header, what happened by the body's `action`: together `issues.opened`.
    ///
    /// A redelivery has the same `X-GitHub-Delivery`. That header is not signed.
    /// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
    static let github = preset(
        SourceDefinition(
            source: .github,
            summary: "GitHub: repositories, organizations and apps",
            scheme: .row(.githubStyle("X-Hub-Signature-256")),
            bodyLimit: 26 << 20,
            dropsRefusedDeliveries: true,
            sensitivePaths: [
                "sender.login", "pusher", "head_commit.author", "head_commit.committer", "commits[].author",
                "commits[].committer", "issue.user.login", "issue.body", "pull_request.user.login", "pull_request.body",
                "comment.user.login", "comment.body", "review.user.login", "review.body", "release.author.login",
                "release.body",
            ],
            documentation: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"
        ),
        EventLocations(
            eventType: [[.header("X-GitHub-Event"), .member("action")]],
            idempotencyKey: [[.header("X-GitHub-Delivery")]],
            orderingKey: [[.literal("repository"), .json("repository.id")]],
            time: [.json("head_commit.timestamp"), .json("issue.updated_at"), .json("pull_request.updated_at")]
        ),
        types: [
            "issues.opened", "push", "pull_request.closed", "release.published", "issue_comment.created",
            "pull_request_review.submitted",
        ]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let id = values.uuid()
        let action = parts.count > 1 ? "\"action\":\(JSONString.quoted(parts[1]))," : ""
        return SampleDelivery(
            eventType: eventType,
            id: id,
            headers: [("X-GitHub-Event", parts.first ?? ""), ("X-GitHub-Delivery", id)],
            body: """
                {\(action)"repository":{"id":\(values.number(1_000_000...900_000_000)),"full_name":"acme/hooks"},\
                "sender":{"login":"\(SamplePerson.login)","id":\(values.number(1...9_999_999))},\
                \(githubSubject(parts.first ?? "", values))}
                """
        )
    }

    /// The object of an event of GitHub, as members of its body.
    private static func githubSubject(_ event: String, _ values: SampleValues) -> String {
        let written = """
            "user":{"login":"\(SamplePerson.login)","id":1},"body":"\(SamplePerson.text)",\
            "updated_at":"\(values.timestamp())"
            """
        let issue = "\"issue\":{\"number\":\(values.index),\(written)}"
        switch event {
        case "push":
            let commit = """
                {"id":"1a2b3c","timestamp":"\(values.timestamp())","author":{\(SamplePerson.contact)},\
                "committer":{\(SamplePerson.contact)}}
                """
            return """
                "ref":"refs/heads/main","number":\(values.index),"pusher":{\(SamplePerson.contact)},\
                "head_commit":\(commit),"commits":[\(commit)]
                """
        case "pull_request": return "\"pull_request\":{\"number\":\(values.index),\(written)}"
        case "release":
            return """
                "release":{"id":\(values.index),"author":{"login":"\(SamplePerson.login)"},\
                "body":"\(SamplePerson.text)"}
                """
        case "issue_comment": return "\(issue),\"comment\":{\"id\":7,\(written)}"
        case "pull_request_review":
            return "\"pull_request\":{\"number\":\(values.index),\(written)},\"review\":{\"id\":7,\(written)}"
        default: return issue
        }
    }

    /// GitLab sends the secret token itself; where it has a signing token, `whsec_…`, it signs by Standard Webhooks.
    ///
    /// The kind of object and what was done to it are in the body: `merge_request.open`.
    ///
    /// `Idempotency-Key`, and `webhook-id` with the same value beside a signature, is the same on every retry; before
    /// version 17.4 there is none, and the body's digest is the key.
    ///
    /// <https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944>,
    /// <https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers>
    static let gitlab = preset(
        SourceDefinition(
            source: .gitlab,
            summary: "GitLab: projects and groups",
            scheme: .row(SignatureScheme(.header("X-Gitlab-Token"), .plain(prefix: ""), .text, .secret)),
            bodyLimit: 26 << 20,
            dropsRefusedDeliveries: true,
            sensitivePaths: [
                "user", "user_name", "user_username", "user_email", "commits[].author", "commit.author", "assignees[]",
                "reviewers[]", "object_attributes.description", "object_attributes.note",
                "object_attributes.last_commit.author", "object_attributes.variables[]", "builds[].user",
            ],
            documentation: "https://docs.gitlab.com/user/project/integrations/webhooks/"
        )
        .takingSigningTokens(),
        EventLocations(
            eventType: [[.member("object_kind"), .json("object_attributes.action")], [.member("event_name")]],
            idempotencyKey: [[.header("webhook-id")], [.header("Idempotency-Key")]],
            orderingKey: [[.member("object_kind"), .json("object_attributes.id")]],
            time: [.json("object_attributes.updated_at"), .json("object_attributes.created_at")]
        ),
        types: ["merge_request.open", "push", "issue.close", "pipeline", "note"]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let id = values.uuid()
        let action = parts.count > 1 ? ",\"action\":\(JSONString.quoted(parts[1]))" : ""
        return SampleDelivery(
            eventType: eventType,
            id: id,
            headers: [("X-Gitlab-Event", "Sample Hook"), ("Idempotency-Key", id)],
            body: """
                {"object_kind":\(JSONString.quoted(parts.first ?? "")),"project":{"id":\(values.number(1...999_999))},\
                "object_attributes":{"id":\(values.number(1...999_999)),"iid":\(values.index)\(action),\
                \(gitlabText(parts.first ?? "")),"updated_at":"\(values.timestamp())"},\
                \(gitlabPeople(parts.first ?? ""))}
                """
        )
    }

    /// Members of the object that an event of GitLab is about.
    private static func gitlabText(_ kind: String) -> String {
        switch kind {
        case "pipeline": #""variables":[{"key":"DEPLOY_AS","value":"\#(SamplePerson.login)"}]"#
        case "note": #""note":"\#(SamplePerson.text)""#
        case "merge_request":
            #""description":"\#(SamplePerson.text)","last_commit":{"author":{\#(SamplePerson.contact)}}"#
        default: #""description":"\#(SamplePerson.text)""#
        }
    }

    /// Members of an event of GitLab that tell who did it.
    private static func gitlabPeople(_ kind: String) -> String {
        let user = #""user":{\#(SamplePerson.account),"email":"\#(SamplePerson.email)"}"#
        switch kind {
        case "push":
            return """
                "user_name":"\(SamplePerson.name)","user_username":"\(SamplePerson.login)",\
                "user_email":"\(SamplePerson.email)","commits":[{"id":"1a2b3c","author":{\(SamplePerson.contact)}}]
                """
        case "pipeline":
            let commit = "{\"id\":\"1a2b3c\",\"author\":{\(SamplePerson.contact)}}"
            return "\(user),\"commit\":\(commit),\"builds\":[{\"id\":380,\(user)}]"
        default:
            return "\(user),\"assignees\":[{\(SamplePerson.account)}],\"reviewers\":[{\(SamplePerson.account)}]"
        }
    }

    /// Linear signs the body, which holds the time of sending in milliseconds; it recommends a minute of tolerance.
    ///
    /// `Linear-Delivery` names the delivery, and the body's type and action make the event type: `Issue.create`. The time
    /// of sending in the body is each attempt's own. Its documentation prints no signed example.
    /// <https://linear.app/developers/webhooks#securing-webhooks>
    static let linear = preset(
        SourceDefinition(
            source: .linear,
            summary: "Linear: issues, comments, projects",
            scheme: .row(
                SignatureScheme(
                    .header("Linear-Signature"),
                    time: .init(
                        .json("webhookTimestamp"),
                        unit: .milliseconds,
                        tolerance: .within(.seconds(60))
                    )
                )
            ),
            sensitivePaths: [
                "actor.name", "actor.email", "data.body", "data.description", "data.user", "data.creator",
                "data.assignee", "updatedFrom.body", "updatedFrom.description",
            ],
            documentation: "https://linear.app/developers/webhooks"
        ),
        EventLocations(
            eventType: [[.member("type"), .member("action")]],
            idempotencyKey: [[.header("Linear-Delivery")]],
            unstablePaths: ["webhookTimestamp"],
            orderingKey: [[.member("type"), .json("data.id")]],
            time: [.member("createdAt")]
        ),
        types: ["Issue.create", "Issue.update", "Comment.update", "Project.remove"]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let id = values.uuid()
        let action = parts.count > 1 ? "\"action\":\(JSONString.quoted(parts[1]))," : ""
        let isComment = parts.first == "Comment"
        let text = "\"\(isComment ? "body" : "description")\":\"\(SamplePerson.text)\""
        let person = "{\"id\":\"\(values.uuid())\",\(SamplePerson.contact)}"
        let people = isComment ? "\"user\":\(person)" : "\"creator\":\(person),\"assignee\":\(person)"
        let before = parts.last == "update" ? "\"updatedFrom\":{\(text)}," : ""
        return SampleDelivery(
            eventType: eventType,
            id: id,
            headers: [("Linear-Delivery", id), ("Linear-Event", parts.first ?? "")],
            body: """
                {\(action)"type":\(JSONString.quoted(parts.first ?? "")),"createdAt":"\(values.timestamp(fraction: true))",\
                "actor":{"id":"\(values.uuid())","type":"user",\(SamplePerson.contact)},\
                "data":{"id":"\(values.uuid())","number":\(values.index),"title":"Broken hook",\(text),\(people)},\
                \(before)"organizationId":"\(values.uuid())","webhookTimestamp":\(values.unixSeconds)000,\
                "webhookId":"\(values.uuid())"}
                """
        )
    }
}
