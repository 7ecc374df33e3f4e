import FoundationEssentials
import PostroomCore

@testable import PostroomSources

extension ProducerRequest {
    /// The examples that producers print in their documentation or keep in the tests of their own libraries, each with the
    /// time at which it was signed.
    static let documented: [(request: ProducerRequest, now: Double)] =
        printed + libraries + standard.map { (request: $0, now: 1_614_265_330) } + twilio

    private static let printed: [(request: ProducerRequest, now: Double)] =
        [
            (
                // <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation>
                ProducerRequest(
                    source: .github,
                    signer: "GitHub's documentation",
                    secret: "It's a Secret to Everybody",
                    headers: [
                        (
                            "X-Hub-Signature-256",
                            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
                        )
                    ],
                    body: "Hello, World!"
                ),
                0
            ),
            (
                // <https://docs.slack.dev/authentication/verifying-requests-from-slack#a_recipe_for_security>
                ProducerRequest(
                    source: .slack,
                    signer: "Slack's documentation",
                    secret: "8f742231b10e8888abcd99yyyzzz85a5",
                    headers: [
                        ("X-Slack-Request-Timestamp", "1531420618"),
                        ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
                    ],
                    body: """
                        token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                        &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                        &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554\
                        %2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c
                        """
                ),
                1_531_420_618
            ),
        ]

    /// The examples in the tests of the producers' own libraries.
    private static let libraries: [(request: ProducerRequest, now: Double)] =
        [
            (
                // <https://github.com/stripe/stripe-dotnet/blob/master/src/StripeTests/Services/Events/EventUtilityTest.cs>
                ProducerRequest(
                    source: .stripe,
                    signer: "stripe-dotnet",
                    secret: "webhook_secret",
                    headers: [
                        (
                            "Stripe-Signature",
                            """
                            t=1533204620,v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7,\
                            v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef
                            """
                        )
                    ],
                    body: stripeBody
                ),
                1_533_204_620
            ),
            (
                // <https://github.com/HubSpot/hubspot-api-python/blob/master/tests/spec/utils/test_signature.py>
                ProducerRequest(
                    source: .hubspot,
                    signer: "hubspot-api-python",
                    secret: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
                    url: "https://www.example.com/webhook_uri",
                    headers: [
                        ("X-HubSpot-Signature-v3", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
                        ("X-HubSpot-Request-Timestamp", "1693657560000"),
                    ],
                    body: "{'example_field':'example_value'}"
                ),
                1_693_657_560
            ),
            (
                // <https://github.com/square/square-nodejs-sdk/blob/master/tests/integration/webhooks.test.ts>
                ProducerRequest(
                    source: .square,
                    signer: "square-nodejs-sdk",
                    secret: "Ibxx_5AKakO-3qeNVR61Dw",
                    url: "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
                    headers: [("x-square-hmacsha256-signature", "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=")],
                    body: """
                        {"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",\
                        "event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z",\
                        "data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}
                        """
                ),
                0
            ),
            (
                // <https://github.com/PaddleHQ/paddle-python-sdk/blob/main/tests/Unit/Notification/test_Verifier.py>
                ProducerRequest(
                    source: .paddle,
                    signer: "paddle-python-sdk",
                    secret: "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_WvRO0eL4Bj9rgYYIBZY6wZhG4EHy9jzh",
                    headers: [
                        (
                            "Paddle-Signature",
                            """
                            ts=1696195954;h1=dummy;\
                            h1=d96299976a6eb066f484d7fde011ac56fc32b38fc9940bc419d6e537fdc6ef02
                            """
                        )
                    ],
                    body: "hello-world"
                ),
                1_696_195_954
            ),
            (
                // <https://github.com/PaddleHQ/paddle-python-sdk/blob/main/examples/webhook_verification.py>
                ProducerRequest(
                    source: .paddle,
                    signer: "paddle-python-sdk",
                    secret: "pdl_ntfset_01hs0t3tw21j988db1pam5xg8m_GrOWLNef+vmtjJYq4mSnHNzvc8uWoJ1I",
                    headers: [
                        (
                            "Paddle-Signature",
                            "ts=1710498758;h1=558bf93944dbeb4790c7a8af6cb2ea435c8ca9c8396aafc1a4e37424ac132744"
                        )
                    ],
                    body: """
                        {"data":{"id":"ctm_01hs0tqf76sxmp7ba5e4mw1sc8","name":"John Doe",\
                        "email":"blackhole+verification2@paddle.com","locale":"en","status":"active",\
                        "created_at":"2024-03-15T10:32:37.862Z","updated_at":"2024-03-15T10:32:37.862Z",\
                        "custom_data":null,"import_meta":null,"marketing_consent":false},\
                        "event_id":"evt_01hs0tqfme2xwb2hvwv87p8y3w","event_type":"customer.created",\
                        "occurred_at":"2024-03-15T10:32:38.286848Z","notification_id":"ntf_01hs0tqfrhgkyp39x4wyvy7h6n"}
                        """
                ),
                1_710_498_758
            ),
            (
                // <https://github.com/openai/openai-python/blob/main/tests/api_resources/test_webhooks.py>
                ProducerRequest(
                    source: .openAI,
                    signer: "openai-python",
                    secret: "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=",
                    headers: [
                        ("webhook-id", "wh_685c059ae39c8190af8c71ed1022a24d"), ("webhook-timestamp", "1750861210"),
                        ("webhook-signature", "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY="),
                    ],
                    body: """
                        {"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, \
                        "type": "response.completed", "data": {"id": "resp_123"}}
                        """
                ),
                1_750_861_210
            ),
        ]

    private static let stripeBody = """
        {
          "id": "evt_123",
          "object": "event",
          "account": "acct_123",
          "api_version": "2017-05-25",
          "created": 1533204620,
          "data": {
            "object": {
              "id": "cus_123",
              "object": "customer",
              "created": 123456789,
              "email": "test@stripe.com",
              "livemode": false,
              "metadata": {}
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "request": {
            "id": "req_123",
            "idempotency_key": "idempotency-key-123"
          },
          "type": "customer.created"
        }

        """

    /// The vector of the libraries of Standard Webhooks and of Svix, under the header names of each producer.
    ///
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py>,
    /// <https://github.com/svix/svix-webhooks/blob/main/python/tests/test_webhooks.py>
    private static let standard: [ProducerRequest] = {
        let producers: [(source: Source, prefix: String)] = [
            (.svix, "svix"), (.svix, "webhook"), (.clerk, "svix"), (.resend, "svix"), (.openAI, "webhook"),
            (.standardWebhooks, "webhook"), (.standardWebhooks, "svix"), (.gitlab, "webhook"),
        ]
        return producers.map { source, prefix in
            ProducerRequest(
                source: source,
                signer: "the libraries of Standard Webhooks",
                secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                headers: [
                    ("\(prefix)-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("\(prefix)-timestamp", "1614265330"),
                    ("\(prefix)-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
                ],
                body: #"{"test": 2432232314}"#
            )
        }
    }()

    /// The examples of Twilio's documentation.
    ///
    /// <https://www.twilio.com/docs/usage/webhooks/webhooks-security#test-the-validity-of-your-webhook-signature>
    private static let twilio: [(request: ProducerRequest, now: Double)] = {
        let vectors: [(url: String, caller: String, signature: String)] = [
            ("https://mycompany.com/myapp.php?foo=1&bar=2", "%2B14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            ("https://mycompany.com/myapp.php?foo=1&bar=2", "%2B12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
            ("https://example.com/myapp.php?foo=1&bar=2", "%2B14158675310", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ]
        return vectors.map { vector in
            let request = ProducerRequest(
                source: .twilio,
                signer: "Twilio's documentation",
                secret: "12345",
                url: vector.url,
                headers: [
                    ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                    ("X-Twilio-Signature", vector.signature),
                ],
                body: "To=%2B18005551212&Digits=1234&From=\(vector.caller)&Caller=\(vector.caller)"
                    + "&CallSid=CA1234567890ABCDE"
            )
            return (request: request, now: 0)
        }
    }()
}
