"""Callbacks of the gateway: taken once, in any order, and refused if they are not the gateway's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_core.kernel.errors import Conflict
from commands.cards.charging import AskCardPayment
from commands.cards.noting import RefundCardPayment
from commands.cards.ports import Forged
from projections.cards.callbacks import refused_callbacks
from tests.adapters.cards.cashing import DUE_ON, A, Cashing, cashing_with
from tests.operators import Operator, application_on, fresh_database

Founds = Callable[[], AbstractContextManager[Cashing]]


def paid_page(cashing: Cashing) -> str:
    """A page that was refused once, paid, disputed and won, with the callbacks of all that waiting to be sent."""
    name = cashing.open_page(DUE_ON)
    page = cashing.payment(name).reference
    cashing.gateway.pay_page(page, "pm_poor")
    cashing.gateway.pay_page(page)
    return name


def signed(cashing: Cashing, place: int = -1, **changed: Any) -> tuple[bytes, dict[str, str]]:
    body, headers = cashing.gateway.signed(cashing.gateway.callbacks[place], **changed)
    return body, {name.lower(): value for name, value in headers.items()}


def refusals(cashing: Cashing) -> list[str]:
    return [row.why for row in cashing.operator.ask(refused_callbacks, 99)]


def test_a_callback_is_taken_once_and_the_same_one_again_is_known(cashing: Cashing):
    paid_page(cashing)
    desk, (body, headers) = cashing.desk(DUE_ON), signed(cashing)

    assert [desk.take(body, headers, "x").result["known"] for _ in range(3)] == [False, True, True]
    assert refusals(cashing) == []


def test_a_forged_a_late_and_a_changed_callback_are_refused_with_a_reason_that_is_kept(cashing: Cashing):
    paid_page(cashing)
    desk = cashing.desk(DUE_ON)
    body, headers = signed(cashing)
    late = signed(cashing, at=int(time.time()) - 600)
    nothing: dict[str, str] = {}
    for forged in (signed(cashing, secret="whsec_wrong"), late, (body + b" ", headers), (b"{", nothing)):
        with pytest.raises(Forged):
            desk.take(*forged, "203.0.113.7")

    assert sorted(set(refusals(cashing))) == ["has no right signature", "was signed too long ago"]
    kept = len(refusals(cashing))
    with pytest.raises(Forged):
        desk.take(*late, "203.0.113.7")
    assert len(refusals(cashing)) == kept
    assert cashing.balance() == "-24.00"


def test_an_event_that_comes_with_another_content_is_no_repetition(cashing: Cashing):
    paid_page(cashing)
    desk = cashing.desk(DUE_ON)
    desk.take(*signed(cashing), "x")
    cashing.gateway.callbacks[-1]["data"]["object"]["amount"] = 1

    with pytest.raises(Conflict, match="another content"):
        desk.take(*signed(cashing), "x")


def test_only_so_many_refusals_are_kept_in_a_day(cashing: Cashing):
    desk = cashing.desk(DUE_ON)
    for number in range(203):
        desk.refuse(f"{number:064x}", "has no right signature", "x")

    assert len(cashing.operator.facts(f"card-callbacks-refused/stripe:{DUE_ON}")) == 200


def test_a_charge_of_another_amount_than_asked_is_not_booked_but_looked_at(cashing: Cashing):
    name = cashing.open_page(DUE_ON)
    page = cashing.payment(name).reference
    cashing.gateway.pay_page(page)
    cashing.gateway.objects[page]["amount_total"] = 2_300
    intent = cashing.gateway.objects[cashing.gateway.objects[page]["payment_intent"]]
    intent["amount"] = intent["amount_received"] = 2_300

    cashing.call_back_all(DUE_ON)

    assert (cashing.payment(name).state, cashing.balance()) == ("doubted", "-24.00")
    assert cashing.operator.findings() == []


@pytest.fixture(scope="module")
def shared(server_url: str, opened_business: str) -> Founds:
    """Founds an operator for each example."""

    @contextmanager
    def found() -> Iterator[Cashing]:
        with (
            fresh_database(server_url, opened_business) as url,
            application_on(url) as application,
            cashing_with(Operator(application, url)) as cashing,
        ):
            yield cashing

    return found


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_callbacks_in_any_order_and_number_give_each_payment_once(shared: Founds, data: st.DataObject):
    with shared() as cashing:
        wanted = AskCardPayment(account=A, gateway="stripe", amount=Decimal(100))
        name = str(cashing.operator.tell(wanted, today=DUE_ON).result["card_payment"])
        cashing.desk(DUE_ON).open_page(name, "https://my.isp.test/my")
        page = cashing.payment(name).reference
        cashing.gateway.pay_page(page, "pm_poor")
        cashing.gateway.pay_page(page)
        cashing.call_back(cashing.gateway.callbacks[-1], DUE_ON)
        refund = RefundCardPayment(account=A, card_payment=name, reason="too much", amount=Decimal(10))
        cashing.operator.tell(refund, today=DUE_ON)
        cashing.desk(DUE_ON).refund(name, 1)
        intent = cashing.payment(name).reference
        dispute = cashing.gateway.dispute(intent, amount=9_000)
        cashing.gateway.decide(dispute, data.draw(st.sampled_from(["won", "lost", "under_review"]), "end"))
        ended = cashing.gateway.objects[dispute]["status"]
        known = [*cashing.gateway.callbacks, *cashing.gateway.callbacks]

        for place, callback in enumerate(data.draw(st.permutations(known), "order")):
            cashing.call_back(callback, DUE_ON + timedelta(days=place % 3))

        expected = {"won": "66.00", "lost": "-24.00", "under_review": "-24.00"}[ended]
        assert cashing.balance() == expected
        assert cashing.operator.findings() == []


def test_everything_follows_by_itself_from_a_callback(cashing: Cashing):
    name = cashing.open_page(DUE_ON)
    cashing.let_happen(DUE_ON)
    cashing.gateway.pay_page(cashing.payment(name).reference)
    for place in range(len(cashing.gateway.callbacks)):
        cashing.desk(DUE_ON).take(*signed(cashing, place), "x")

    cashing.let_happen(date(2026, 2, 2))

    assert (cashing.payment(name).state, cashing.balance()) == ("succeeded", "0.00")
