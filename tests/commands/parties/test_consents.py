"""Consents through the bus: to the present wording, withdrawn, and never for a purpose that does not exist."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.parties.consents import ConsentEntry
from commands.parties import GiveConsent, PutConsentPurpose, WithdrawConsent
from projections.parties import customer_named, list_purposes
from tests.operators import Operator

TODAY = date(2030, 6, 1)
OFFERS = PutConsentPurpose(purpose="offers", name="Offers by e-mail", wording="We may send you offers.")


def test_a_customer_agrees_withdraws_and_agrees_to_a_later_wording(three: Operator):
    three.tell(OFFERS, today=date(2030, 1, 1))
    three.tell(GiveConsent(customer="C1", purpose="offers", channel="letter", on=date(2030, 3, 3)), today=TODAY)
    reworded = PutConsentPurpose(purpose="offers", name="Offers by e-mail", wording="We may send you offers and news.")
    three.tell(reworded, today=date(2030, 5, 1))
    assert three.tell(reworded, today=TODAY).position == 0
    three.tell(WithdrawConsent(customer="C1", purpose="offers", channel="phone", on=date(2030, 5, 9)), today=TODAY)
    again = GiveConsent(customer="C1", purpose="offers", channel="web")
    three.tell(again, today=TODAY)
    assert three.tell(again, today=TODAY).position == 0

    row = three.ask(customer_named, "C1")
    assert row.consents["offers"] == (
        ConsentEntry(on=date(2030, 3, 3), channel="letter", wording_version=1),
        ConsentEntry(on=date(2030, 5, 9), channel="phone"),
        ConsentEntry(on=TODAY, channel="web", wording_version=2),
    )
    (purpose,) = three.ask(list_purposes)
    assert [(each.version, each.since_on) for each in purpose.wordings] == [
        (1, date(2030, 1, 1)), (2, date(2030, 5, 1)),
    ]  # fmt: skip
    assert purpose.wordings[1].wording == reworded.wording
    assert three.findings() == []


def test_nobody_agrees_to_what_nobody_asks(three: Operator):
    with pytest.raises(NotFound, match="put-consent-purpose"):
        three.tell(GiveConsent(customer="C1", purpose="offers", channel="web"))
    three.tell(OFFERS)
    with pytest.raises(InvalidValue, match="wordings 1 to 1"):
        three.tell(GiveConsent(customer="C1", purpose="offers", channel="web", wording_version=2))
    with pytest.raises(NotFound, match="no such customer"):
        three.tell(GiveConsent(customer="C9", purpose="offers", channel="web"))
