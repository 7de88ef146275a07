"""A message pushed to the house's own app server is signed, and its answer decides what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from adapters.outreach.push import PushChannel, PushSettings
from commands.outreach.channels import OutgoingMessage, Refused, Taken, Unsent
from tests.adapters.outgoing.receiver import Receiver, receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = OutgoingMessage(
    message="6f2a63de-3c5c-4a53-8a5c-1d6a2f2f9d11", customer="C-1", seller="cz", kind="invoice", channel="push",
    recipient="C-1", subject="", text="Faktura 26005219", html="", language="cs",
    queued_at=datetime(2026, 3, 1, tzinfo=UTC), account="A-1",
)  # fmt: skip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_push_is_signed_and_has_the_id_of_its_message(receiver: Receiver):
    channel = PushChannel(PushSettings(url=receiver.url, secret=SecretStr(SECRET), to_private_address=True))
    assert channel.send([MESSAGE]) == [Taken()]
    (arrived,) = receiver.received
    assert arrived.headers["webhook-id"] == MESSAGE.message
    Webhook(SECRET).verify(arrived.body, arrived.headers)
    assert json.loads(arrived.body)["data"] == {
        "message": MESSAGE.message, "customer": "C-1", "kind": "invoice", "account": "A-1", "language": "cs",
        "text": "Faktura 26005219",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "outcome"), [("410", Refused), ("404", Refused), ("500", Unsent), ("302", Unsent), ("closes", Unsent)]
)
def test_an_answer_decides_what_becomes_of_it(receiver: Receiver, answer: str, outcome: type):
    receiver.answers = [answer]
    channel = PushChannel(PushSettings(url=receiver.url, secret=SecretStr(SECRET), to_private_address=True))
    assert isinstance(channel.send([MESSAGE])[0], outcome)


def test_nothing_is_pushed_into_a_private_network_unless_the_settings_allow_it(receiver: Receiver):
    (found,) = PushChannel(PushSettings(url=receiver.url, secret=SecretStr(SECRET))).send([MESSAGE])
    assert isinstance(found, Unsent)
    assert receiver.received == []
