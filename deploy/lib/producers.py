"""Requests signed by the producers' own libraries, a line of JSON each, for a test that compares ours with theirs.

deploy/test runs it where the libraries of PyPI can be had. A producer without a library of its own is signed by Python's
standard library, from what its documentation says. An argument is the time of sending; without one it is now.
"""

import base64
import datetime
import hashlib
import hmac
import json
import sys
import time

NOW = int(sys.argv[1]) if len(sys.argv) > 1 else int(time.time())
URL = "https://hooks.example.com/hooks/in"


def emit(source, secret, headers, body, signer, url=URL, answer=None):
    """Prints a request; a handshake has the answer that its producer expects."""
    print(
        json.dumps(
            {
                "source": source,
                "secret": secret,
                "url": url,
                "headers": [[name, value] for name, value in headers.items()],
                "body": body,
                "now": NOW,
                "signer": signer,
                "answer": answer,
            }
        )
    )


def stripe_request():
    import stripe

    secret, body = "whsec_test_secret", '{"id":"evt_1","type":"invoice.paid","data":{"object":{}}}'
    signature = stripe.WebhookSignature._compute_signature(f"{NOW}.{body}", secret)
    emit("stripe", secret, {"Stripe-Signature": f"t={NOW},v1={signature},v0=6ffbb59b"}, body, "stripe")


def svix_requests():
    import standardwebhooks
    import svix

    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"type":"user.created","data":{"id":"user_1"}}'
    sent = datetime.datetime.fromtimestamp(NOW, tz=datetime.timezone.utc)
    for library, prefix, sources in (
        (svix, "svix", ["svix", "clerk", "resend", "standard-webhooks"]),
        (standardwebhooks, "webhook", ["standard-webhooks", "openai", "svix"]),
    ):
        signature = library.Webhook(secret).sign("msg_1", sent, body)
        headers = {f"{prefix}-id": "msg_1", f"{prefix}-timestamp": str(NOW), f"{prefix}-signature": signature}
        for source in sources:
            emit(source, secret, headers, body, library.__name__)


def slack_request():
    from slack_sdk.signature import SignatureVerifier

    secret, body = "8f742231b10e8888abcd99yyyzzz85a5", '{"type":"event_callback","event":{"type":"message"},"event_id":"Ev1"}'
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(NOW), body=body)
    emit("slack", secret, {"X-Slack-Request-Timestamp": str(NOW), "X-Slack-Signature": signature}, body, "slack_sdk")
    body = '{"token":"T","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd","type":"url_verification"}'
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(NOW), body=body)
    headers = {"X-Slack-Request-Timestamp": str(NOW), "X-Slack-Signature": signature}
    emit("slack", secret, headers, body, "slack_sdk", answer="3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd")


def twilio_requests():
    from twilio.request_validator import RequestValidator
    from urllib.parse import urlencode

    token = "1c892n40nd03kdnc0112slzkl3091j20"
    validator = RequestValidator(token)
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+15558675310", "Body": "né & co"}
    form = "application/x-www-form-urlencoded"
    signature = validator.compute_signature(URL, fields)
    emit("twilio", token, {"Content-Type": form, "X-Twilio-Signature": signature}, urlencode(fields), "twilio")
    body = '{"type":"com.twilio.messaging.message.delivered"}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    signature = validator.compute_signature(url, {})
    assert validator.validate(url, body, signature)
    emit("twilio", token, {"Content-Type": "application/json", "X-Twilio-Signature": signature}, body, "twilio", url)


def discord_request():
    from nacl.signing import SigningKey

    key, body = SigningKey(bytes(range(32))), '{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}'
    signature = key.sign(f"{NOW}{body}".encode()).signature.hex()
    headers = {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": str(NOW)}
    emit("discord", bytes(key.verify_key).hex(), headers, body, "PyNaCl")
    ping = '{"id":"1","application_id":"1","type":1,"token":"t","version":1}'
    signature = key.sign(f"{NOW}{ping}".encode()).signature.hex()
    headers = {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": str(NOW)}
    emit("discord", bytes(key.verify_key).hex(), headers, ping, "PyNaCl", answer='{"type":1}')
    text = '{"type":"user.created"}'
    signature = base64.b64encode(key.sign(f"msg_1.{NOW}.{text}".encode()).signature).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW), "webhook-signature": f"v1,AAAA v1a,{signature}"}
    public = "whpk_" + base64.b64encode(bytes(key.verify_key)).decode()
    emit("standard-webhooks", public, headers, text, "PyNaCl")


def documented_requests():
    secret = "a secret of documentation"

    def code(message, digest=hashlib.sha256):
        return hmac.new(secret.encode(), message.encode(), digest)

    def encoded(message, digest=hashlib.sha256):
        return base64.b64encode(code(message, digest).digest()).decode()

    body = json.dumps({"type": "payment.updated", "event_id": "e1"})
    emit("github", secret, {"X-Hub-Signature-256": "sha256=" + code(body).hexdigest(), "X-GitHub-Event": "push"}, body, "hmac")
    emit("meta", secret, {"X-Hub-Signature-256": "sha256=" + code(body).hexdigest()}, body, "hmac")
    emit("gitlab", secret, {"X-Gitlab-Token": secret, "X-Gitlab-Event": "Push Hook"}, body, "none")
    emit("intercom", secret, {"X-Hub-Signature": "sha1=" + code(body, hashlib.sha1).hexdigest()}, body, "hmac")
    emit("shopify", secret, {"X-Shopify-Hmac-Sha256": encoded(body), "X-Shopify-Topic": "orders/create"}, body, "hmac")
    emit("square", secret, {"x-square-hmacsha256-signature": encoded(URL + body)}, body, "hmac")
    emit("paddle", secret, {"Paddle-Signature": f"ts={NOW};h1={code(f'{NOW}:{body}').hexdigest()}"}, body, "hmac")
    zoom = {"x-zm-request-timestamp": str(NOW), "x-zm-signature": "v0=" + code(f"v0:{NOW}:{body}").hexdigest()}
    emit("zoom", secret, zoom, body, "hmac")
    asked = '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event":"endpoint.url_validation"}'
    zoom = {"x-zm-request-timestamp": str(NOW), "x-zm-signature": "v0=" + code(f"v0:{NOW}:{asked}").hexdigest()}
    token = code("qgg8vlvZRS6UYooatFL8Aw").hexdigest()
    answer = f'{{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"{token}"}}'
    emit("zoom", secret, zoom, asked, "hmac", answer=answer)
    events = json.dumps([{"eventId": 1, "subscriptionType": "contact.creation"}])
    signature = encoded(f"POST{URL}{events}{NOW * 1000}")
    hubspot = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": str(NOW * 1000)}
    emit("hubspot", secret, hubspot, events, "hmac")
    issue = json.dumps({"type": "Issue", "action": "create", "webhookTimestamp": NOW * 1000})
    emit("linear", secret, {"Linear-Signature": code(issue).hexdigest()}, issue, "hmac")
    mail = {"timestamp": str(NOW), "token": "t" * 50, "signature": code(f"{NOW}{'t' * 50}").hexdigest()}
    emit("mailgun", secret, {}, json.dumps({"signature": mail, "event-data": {"event": "delivered"}}), "hmac")


stripe_request()
svix_requests()
slack_request()
twilio_requests()
discord_request()
documented_requests()
