"""One delivery over a real connection: signed, and whatever the receiver does, an answer within the time allowed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.outgoing.guarded_network import is_public
from adapters.outgoing.guarded_requests import Rules
from adapters.outgoing.webhook_requests import NotDelivered, headers_of, send
from tests.adapters.outgoing.receiver import Receiver, receiving

KEY = UUID("6f2a63de-3c5c-4a53-8a5c-1d6a2f2f9d11")
SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
BODY = '{"type":"payment-received","data":{"name":"Kalniņa"}}'.encode()
WITHIN = Rules(allows_private=True, seconds=1.0)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_signature_is_that_of_the_standard():
    """The example that the specification gives."""
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = Webhook(SECRETS[0]).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_verifies_a_delivery_by_each_valid_secret_and_by_no_other(receiver: Receiver):
    send(receiver.url, headers_of(KEY, datetime.now(UTC), BODY, SECRETS), BODY, WITHIN)

    (arrived,) = receiver.received
    assert arrived.headers["webhook-id"] == str(KEY)
    assert len(arrived.headers["webhook-signature"].split(" ")) == 2
    for secret in SECRETS:
        Webhook(secret).verify(arrived.body, arrived.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(arrived.body, arrived.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRETS[0]).verify(arrived.body + b" ", arrived.headers)


@pytest.mark.parametrize("answer", ["200", "201", "204", "late"])
def test_any_answer_of_success_counts_also_a_late_one(receiver: Receiver, answer: str):
    receiver.answers = [answer]

    send(receiver.url, {}, BODY, WITHIN)

    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("500", "answered 500"), ("400", "answered 400"), ("301", "redirect"), ("307", "redirect"),
        ("hangs", "within 1 second"), ("drips", "within 1 second"), ("closes", "connection failed"),
        ("no HTTP", "connection failed"),
    ],
)  # fmt: skip
def test_everything_else_is_no_delivery_and_takes_no_longer_than_allowed(receiver: Receiver, answer: str, why: str):
    receiver.answers, began = [answer], monotonic()

    with pytest.raises(NotDelivered, match=why):
        send(receiver.url, {}, BODY, WITHIN)

    assert monotonic() - began < 10  # Ten times what is allowed, for a busy machine; the receiver hangs for 30.
    assert [each.path for each in receiver.received] == ["/events"]


def test_a_port_where_nobody_listens_is_no_delivery():
    with receiving() as receiver:
        url = receiver.url
    with pytest.raises(NotDelivered, match="connection failed"):
        send(url, {}, BODY, WITHIN)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0.0.0.0"])
def test_nothing_is_sent_into_this_network_unless_it_is_allowed(receiver: Receiver, host: str):
    port = receiver.url.rsplit(":", 1)[1]

    with pytest.raises(NotDelivered, match="private network"):
        send(f"https://{host}:{port}", {}, BODY, Rules())

    assert receiver.received == []


def test_nothing_is_sent_without_encryption_unless_it_is_allowed(receiver: Receiver):
    with pytest.raises(NotDelivered, match="https"):
        send("http://203.0.113.1/", {}, BODY, Rules())


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False), ("127.0.0.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, is_it: bool):
    assert is_public(address) is is_it
