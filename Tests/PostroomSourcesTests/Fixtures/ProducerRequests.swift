import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// A request that was signed by code that is not ours.
struct ProducerRequest: CustomTestStringConvertible, Sendable {
    let source: Source
    /// The library that signed it, or `hmac` for Python's own.
    let signer: String
    let secret: String
    var url = "https://hooks.example.com/hooks/in"
    let headers: [(String, String)]
    let body: String

    var testDescription: String {
        "\(source), signed by \(signer)"
    }

    /// The time of sending.
    static let sentAt = unix(1_780_000_000)

    /// The request as a receiver gets it.
    func received(body other: String? = nil) -> WebhookRequest {
        let fields = headers.map { (name: $0.0, value: $0.1) }
        return SignedRequest(headers: fields, body: Array((other ?? body).utf8)).received(at: url)
    }

    /// The output of `deploy/lib/producers.py 1780000000`.
    static let all: [ProducerRequest] = [
        ProducerRequest(
            source: "stripe",
            signer: "stripe",
            secret: "whsec_test_secret",
            headers: [
                (
                    #"Stripe-Signature"#,
                    #"t=1780000000,v1=444842f9f763f231975837823a4cededffc41c23c3a301a8cabfde46b4567370,v0=6ffbb59b"#
                )
            ],
            body: #"{"id":"evt_1","type":"invoice.paid","data":{"object":{}}}"#
        ),
        ProducerRequest(
            source: "svix",
            signer: "svix",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"svix-id"#, #"msg_1"#), (#"svix-timestamp"#, #"1780000000"#),
                (#"svix-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "clerk",
            signer: "svix",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"svix-id"#, #"msg_1"#), (#"svix-timestamp"#, #"1780000000"#),
                (#"svix-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "resend",
            signer: "svix",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"svix-id"#, #"msg_1"#), (#"svix-timestamp"#, #"1780000000"#),
                (#"svix-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "standard-webhooks",
            signer: "svix",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"svix-id"#, #"msg_1"#), (#"svix-timestamp"#, #"1780000000"#),
                (#"svix-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "standard-webhooks",
            signer: "standardwebhooks",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"webhook-id"#, #"msg_1"#), (#"webhook-timestamp"#, #"1780000000"#),
                (#"webhook-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "openai",
            signer: "standardwebhooks",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"webhook-id"#, #"msg_1"#), (#"webhook-timestamp"#, #"1780000000"#),
                (#"webhook-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "svix",
            signer: "standardwebhooks",
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                (#"webhook-id"#, #"msg_1"#), (#"webhook-timestamp"#, #"1780000000"#),
                (#"webhook-signature"#, #"v1,mDgvjxdkdJx5Bn/QvHQUI4j7ko+iY/yAAg/PorEdjHA="#),
            ],
            body: #"{"type":"user.created","data":{"id":"user_1"}}"#
        ),
        ProducerRequest(
            source: "slack",
            signer: "slack_sdk",
            secret: "8f742231b10e8888abcd99yyyzzz85a5",
            headers: [
                (#"X-Slack-Request-Timestamp"#, #"1780000000"#),
                (#"X-Slack-Signature"#, #"v0=489742012405a439fbb403a504a44e7e051df70f56373ad4498faf230aeb9caa"#),
            ],
            body: #"{"type":"event_callback","event":{"type":"message"},"event_id":"Ev1"}"#
        ),
        ProducerRequest(
            source: "twilio",
            signer: "twilio",
            secret: "1c892n40nd03kdnc0112slzkl3091j20",
            headers: [
                (#"Content-Type"#, #"application/x-www-form-urlencoded"#),
                (#"X-Twilio-Signature"#, #"k2fyGziKWcgaz1o2FZTLtK0Tt+8="#),
            ],
            body: #"MessageSid=SM1&MessageStatus=delivered&To=%2B15558675310&Body=n%C3%A9+%26+co"#
        ),
        ProducerRequest(
            source: "twilio",
            signer: "twilio",
            secret: "1c892n40nd03kdnc0112slzkl3091j20",
            url:
                #"https://hooks.example.com/hooks/in?bodySHA256=a18019e88bcd71a1d003834c5547e0f3b9bdccb0fbcb7fa9abf8642e9167ebaf"#,
            headers: [
                (#"Content-Type"#, #"application/json"#), (#"X-Twilio-Signature"#, #"QsLHrRak5Qb8u3g7pgJkLaagBmI="#),
            ],
            body: #"{"type":"com.twilio.messaging.message.delivered"}"#
        ),
        ProducerRequest(
            source: "discord",
            signer: "PyNaCl",
            secret: "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
            headers: [
                (
                    #"X-Signature-Ed25519"#,
                    #"2fd29ed1d801628e8ea857f8b2418a47b7bc1de09b32b10270dbbf7a8a370c56ebde03ced012b3989ce7ccf1079617a6986ff7673f14be289d836fa3d530a401"#
                ), (#"X-Signature-Timestamp"#, #"1780000000"#),
            ],
            body: #"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#
        ),
        ProducerRequest(
            source: "standard-webhooks",
            signer: "PyNaCl",
            secret: "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
            headers: [
                (#"webhook-id"#, #"msg_1"#), (#"webhook-timestamp"#, #"1780000000"#),
                (
                    #"webhook-signature"#,
                    #"v1,AAAA v1a,XwY6Op1E28rqmTocRFp8O47l7WYaFwT/zB9mRuaydI7JdXUbvdxIai3ATmOEU6I0+VtQAzdn/FJ1fVkxbe3zDA=="#
                ),
            ],
            body: #"{"type":"user.created"}"#
        ),
        ProducerRequest(
            source: "github",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [
                (#"X-Hub-Signature-256"#, #"sha256=346ca361659c8ecc401aa006e9828ec199a442bbc4c0603cac704b23d2484ab9"#),
                (#"X-GitHub-Event"#, #"push"#),
            ],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "meta",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [
                (#"X-Hub-Signature-256"#, #"sha256=346ca361659c8ecc401aa006e9828ec199a442bbc4c0603cac704b23d2484ab9"#)
            ],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "gitlab",
            signer: "none",
            secret: "a secret of documentation",
            headers: [(#"X-Gitlab-Token"#, #"a secret of documentation"#), (#"X-Gitlab-Event"#, #"Push Hook"#)],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "intercom",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [(#"X-Hub-Signature"#, #"sha1=8c758c6bb21da58c544df8ca260c5accf852357e"#)],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "shopify",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [
                (#"X-Shopify-Hmac-Sha256"#, #"NGyjYWWcjsxAGqAG6YKOwZmkQrvEwGA8rHBLI9JISrk="#),
                (#"X-Shopify-Topic"#, #"orders/create"#),
            ],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "square",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [(#"x-square-hmacsha256-signature"#, #"QWu/UUiA2rJmggsFy8RtdtNy2t+qveXixmBO9k/KBpo="#)],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "paddle",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [
                (
                    #"Paddle-Signature"#,
                    #"ts=1780000000;h1=dfca8a81ea92fadd87e64401bc1fcd58e45fd38661848356479e8d7250bc5d45"#
                )
            ],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "zoom",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [
                (#"x-zm-request-timestamp"#, #"1780000000"#),
                (#"x-zm-signature"#, #"v0=c02e8fc24ea3f94f8758a15a8827508d768ac739a95b9e34fab4c88279fedb61"#),
            ],
            body: #"{"type": "payment.updated", "event_id": "e1"}"#
        ),
        ProducerRequest(
            source: "hubspot",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [
                (#"X-HubSpot-Signature-v3"#, #"jZHRWouZ5S+wfxYvDysQ9wRY++Degym6ziVStkcrdHA="#),
                (#"X-HubSpot-Request-Timestamp"#, #"1780000000000"#),
            ],
            body: #"[{"eventId": 1, "subscriptionType": "contact.creation"}]"#
        ),
        ProducerRequest(
            source: "linear",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [(#"Linear-Signature"#, #"537dac2f0ac084809dec9828aa6edceee12b4eff8298b9ee5a53c0aea7db98b9"#)],
            body: #"{"type": "Issue", "action": "create", "webhookTimestamp": 1780000000000}"#
        ),
        ProducerRequest(
            source: "mailgun",
            signer: "hmac",
            secret: "a secret of documentation",
            headers: [],
            body:
                #"{"signature": {"timestamp": "1780000000", "token": "tttttttttttttttttttttttttttttttttttttttttttttttttt", "signature": "86d36fce3e30b0115a6606a3f5a167a39251e4406d86d8af497b87ee5764b093"}, "event-data": {"event": "delivered"}}"#
        ),
    ]
}
