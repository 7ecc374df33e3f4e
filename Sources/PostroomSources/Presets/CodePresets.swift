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
            documentation: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"
        ),
        EventLocations(
            eventType: [[.header("X-GitHub-Event"), .member("action")]],
            idempotencyKey: [[.header("X-GitHub-Delivery")]],
            orderingKey: [[.literal("repository"), .json("repository.id")]],
            time: [.json("head_commit.timestamp"), .json("issue.updated_at"), .json("pull_request.updated_at")]
        ),
        types: ["issues.opened", "push", "pull_request.closed", "release.published"]
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
                "sender":{"login":"octocat","id":\(values.number(1...9_999_999))},\
                "issue":{"number":\(values.index),"updated_at":"\(values.timestamp())"}}
                """
        )
    }

    /// GitLab sends the secret itself.
    ///
    /// The kind of object and what was done to it are in the body: `merge_request.open`.
    ///
    /// `Idempotency-Key` is the same on every retry; before version 17.4 there is none, and the body's digest is the key.
    /// <https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers>
    static let gitlab = preset(
        SourceDefinition(
            source: .gitlab,
            summary: "GitLab: projects and groups",
            scheme: .row(SignatureScheme(.header("X-Gitlab-Token"), .plain(prefix: ""), .text, .secret)),
            bodyLimit: 26 << 20,
            dropsRefusedDeliveries: true,
            sensitivePaths: ["build_variables[]"],
            documentation: "https://docs.gitlab.com/user/project/integrations/webhooks/"
        ),
        EventLocations(
            eventType: [[.member("object_kind"), .json("object_attributes.action")], [.member("event_name")]],
            idempotencyKey: [[.header("Idempotency-Key")]],
            orderingKey: [[.member("object_kind"), .json("object_attributes.id")]],
            time: [.json("object_attributes.updated_at"), .json("object_attributes.created_at")]
        ),
        types: ["merge_request.open", "push", "issue.close", "pipeline"]
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
                "updated_at":"\(values.timestamp())"}}
                """
        )
    }

    /// Linear signs the body, which holds the time of sending in milliseconds; it recommends a minute of tolerance.
    ///
    /// `Linear-Delivery` names the delivery, and the body's type and action make the event type: `Issue.create`.
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
            documentation: "https://linear.app/developers/webhooks"
        ),
        EventLocations(
            eventType: [[.member("type"), .member("action")]],
            idempotencyKey: [[.header("Linear-Delivery")]],
            orderingKey: [[.member("type"), .json("data.id")]],
            time: [.member("createdAt")]
        ),
        types: ["Issue.create", "Comment.update", "Project.remove"]
    ) { eventType, values in
        let parts = eventType.split(separator: ".", maxSplits: 1).map(String.init)
        let id = values.uuid()
        let action = parts.count > 1 ? "\"action\":\(JSONString.quoted(parts[1]))," : ""
        return SampleDelivery(
            eventType: eventType,
            id: id,
            headers: [("Linear-Delivery", id), ("Linear-Event", parts.first ?? "")],
            body: """
                {\(action)"type":\(JSONString.quoted(parts.first ?? "")),"createdAt":"\(values.timestamp(fraction: true))",\
                "data":{"id":"\(values.uuid())","number":\(values.index),"title":"Broken hook"},\
                "organizationId":"\(values.uuid())","webhookTimestamp":\(values.unixSeconds)000,\
                "webhookId":"\(values.uuid())"}
                """
        )
    }
}
