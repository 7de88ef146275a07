"""The channel of SMS: numbers, segments and cost; many at once, whatever becomes of some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from adapters.outreach.phone_numbers import international
from adapters.outreach.smpp import Pace
from adapters.outreach.sms_channel import SmppTransport, SmsChannel, SmsOfSeller
from adapters.outreach.sms_http import OutgoingSms
from adapters.outreach.sms_settings import SmppSettings
from billing_core.kernel.money import Money
from billing_core.outreach.sms_terms import SmsPrice, SmsTerms
from commands.outreach.channels import Outcome, OutgoingMessage, Postponed, Refused, Taken
from tests.counterparts.smpp import PASSWORD, USER, smpp34_centre

TERMS = SmsTerms(currency="CZK", prices=(SmsPrice(prefix="420", price=Decimal("0.905")),), is_transliterated=True)


def message(recipient: str, text: str = "Dlužíte", number: int = 1) -> OutgoingMessage:
    return OutgoingMessage(
        message=f"m-{number}", customer="C-1", seller="cz", kind="bulk", channel="sms", recipient=recipient, subject="",
        text=text, html="", language="cs", queued_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip


class Recorded:
    """Takes everything, and keeps it."""

    def __init__(self) -> None:
        self.messages: list[OutgoingSms] = []

    def send(self, messages: Sequence[OutgoingSms]) -> list[Outcome]:
        self.messages += messages
        return [Taken(reference=f"G-{each.reference}", parts=len(each.sms.segments)) for each in messages]

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("602 123 456", "+420602123456"),
        ("+420 602 123 456", "+420602123456"),
        ("00420602123456", "+420602123456"),
        ("+359 88 123 4567", "+359881234567"),
        ("12", ""),
        ("anna", ""),
        ("", ""),
    ],
)
def test_a_number_is_written_as_networks_take_it(written: str, number: str):
    assert international(written, "cz") == number


def test_each_message_has_its_outcome_with_its_cost():
    recorded = Recorded()
    channel = SmsChannel(recorded, lambda seller: SmsOfSeller("CZ", TERMS))
    found = channel.send([message("602 123 456", "ž" * 200), message("anna"), message("+37410123456")])
    # 200 letters of z are two segments: 2 x 0.905 = 1.81.
    assert found[0] == Taken(reference="G-m-1", parts=2, cost=Money(Decimal("1.81"), "CZK"))
    assert isinstance(found[1], Refused)
    assert found[2] == Taken(reference="G-m-1", parts=1, cost=None)
    assert [each.to for each in recorded.messages] == ["+420602123456", "+37410123456"]


def test_a_centre_that_is_away_keeps_messages_for_later_and_is_asked_again():
    with smpp34_centre() as centre:
        settings = SmppSettings(host="127.0.0.1", port=centre.port, user=USER, password=SecretStr(PASSWORD))
        transport = SmppTransport(settings, Pace(connect_seconds=1, pause_seconds=0.01))
        channel = SmsChannel(transport, lambda seller: SmsOfSeller("CZ", None))
        batch = [message("+420777000001", number=number) for number in range(300)]
        found = channel.send([*batch, message("+420777000077")])
        assert Counter(map(type, found)) == {Taken: 300, Refused: 1}
        assert len({each.reference for each in found if isinstance(each, Taken)}) == 300
        transport.close()
        assert isinstance(channel.send([message("+420777000001")])[0], Taken)
        transport.close()
    away = SmppTransport(settings.model_copy(update={"port": 1}), Pace(connect_seconds=0.2))
    assert isinstance(SmsChannel(away, lambda seller: SmsOfSeller("CZ", None)).send(batch)[0], Postponed)
