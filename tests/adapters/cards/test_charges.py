"""Charges of stored cards and pages, with the simulator of a gateway on the other side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from adapters.bootstrap.card_run import CardRun, charge_cards
from adapters.bootstrap.origins import origin_of_process
from billing_core.payments.events import PaymentReceived
from commands.cards.charging import ChargeCard
from commands.platform.followers import Undelivered
from tests.adapters.cards.cashing import DUE_ON, A, B, Cashing
from tests.operators import silent


def intents(cashing: Cashing) -> list[dict[str, Any]]:
    return [each for each in cashing.gateway.objects.values() if each["object"] == "payment_intent"]


def test_a_stored_card_is_charged_with_what_is_due_and_the_money_is_booked_with_it(cashing: Cashing):
    cashing.store()

    name = cashing.charge(DUE_ON)

    assert cashing.payment(name).state == "succeeded"
    assert cashing.balance() == "0.00"
    (received,) = [fact for fact in cashing.operator.facts(f"account/{A}") if isinstance(fact, PaymentReceived)]
    assert (received.source, received.method, received.reference) == ("stripe", "card", intents(cashing)[0]["id"])
    assert cashing.charge(DUE_ON) == ""
    assert cashing.operator.findings() == []


def test_a_charge_is_made_once_though_its_answer_was_lost(cashing: Cashing):
    cashing.store()
    name = str(cashing.operator.tell(ChargeCard(account=A), today=DUE_ON).result["card_payment"])
    cashing.gateway.lose_next = 1
    with pytest.raises(Undelivered):
        cashing.desk(DUE_ON).settle(name)
    assert (cashing.payment(name).state, len(intents(cashing))) == ("asked", 1)
    cashing.gateway.answers.clear()  # Keys of idempotency are forgotten after some days.

    cashing.desk(DUE_ON + timedelta(days=9)).settle(name)

    assert (cashing.payment(name).state, len(intents(cashing))) == ("succeeded", 1)
    assert cashing.balance() == "0.00"


def test_a_refused_charge_is_tried_again_by_the_calendar_and_no_more_after_it(cashing: Cashing):
    cashing.store("pm_poor")
    days = [DUE_ON + timedelta(days=day) for day in range(12)]

    tried = [day for day in days if cashing.charge(day)]

    assert tried == [DUE_ON, DUE_ON + timedelta(1), DUE_ON + timedelta(3), DUE_ON + timedelta(7)]
    assert cashing.balance() == "-24.00"


def test_a_stolen_card_is_charged_no_more_until_another_one_is_stored(cashing: Cashing):
    cashing.store("pm_stolen")
    assert cashing.charge(DUE_ON)
    assert [cashing.charge(DUE_ON + timedelta(days=day)) for day in range(1, 9)] == [""] * 8

    cashing.store("pm_good", on=DUE_ON + timedelta(days=9))

    assert cashing.charge(DUE_ON + timedelta(days=9))
    assert cashing.balance() == "0.00"


def test_a_charge_that_the_customer_confirms_waits_and_holds_the_next_one_up(cashing: Cashing):
    cashing.store("pm_confirm")
    name = cashing.charge(DUE_ON)
    assert cashing.payment(name).state == "waiting"
    assert cashing.charge(DUE_ON + timedelta(days=1)) == ""

    cashing.gateway.confirm(cashing.payment(name).reference)
    cashing.call_back_all(DUE_ON + timedelta(days=1))

    assert (cashing.payment(name).state, cashing.balance()) == ("succeeded", "0.00")


def test_a_page_is_paid_by_the_second_card_after_the_first_was_refused(cashing: Cashing):
    name = cashing.open_page(DUE_ON)
    page = cashing.payment(name).reference
    cashing.gateway.pay_page(page, "pm_poor")
    cashing.call_back_all(DUE_ON)
    assert cashing.payment(name).state == "waiting"

    cashing.gateway.pay_page(page)
    cashing.call_back_all(DUE_ON)

    assert (cashing.payment(name).state, cashing.balance()) == ("succeeded", "0.00")


def test_an_open_page_is_given_again_and_an_expired_one_frees_the_account(cashing: Cashing):
    first = cashing.open_page(DUE_ON)
    assert cashing.open_page(DUE_ON) == first

    cashing.gateway.expire_page(cashing.payment(first).reference)
    cashing.call_back_all(date(2026, 2, 2))

    assert cashing.payment(first).state == "failed"
    assert cashing.open_page(date(2026, 2, 2)) != first


def test_two_who_charge_at_once_charge_once(cashing: Cashing):
    cashing.store()
    for on in (DUE_ON, DUE_ON + timedelta(days=1)):
        with ThreadPoolExecutor(4) as threads:
            names = list(threads.map(lambda _, on=on: cashing.charge(on), range(4)))
        assert len({name for name in names if name}) <= 1

    assert len(intents(cashing)) == 1
    assert cashing.balance() == "0.00"


def test_a_run_charges_every_card_once_and_gives_up_what_nobody_confirms(cashing: Cashing):
    cashing.store("pm_confirm")
    cashing.store("pm_good", B)
    first = run(cashing, DUE_ON)
    assert (first.asked, first.amounts) == (2, {"EUR": "48.00"})
    assert (cashing.balance(), cashing.balance(B)) == ("-24.00", "0.00")
    assert [run(cashing, DUE_ON + timedelta(days=day)).given_up for day in (0, 1, 2, 3)] == [0, 0, 0, 1]

    assert cashing.payment(f"{A}-1").state == "failed"
    assert run(cashing, DUE_ON + timedelta(days=4)).asked == 1


def test_a_rehearsed_run_says_the_same_and_writes_nothing(cashing: Cashing):
    cashing.store()
    before = cashing.operator.store_contents()

    assert run(cashing, DUE_ON, dry=True).amounts == {"EUR": "24.00"}

    assert cashing.operator.store_contents() == before
    assert intents(cashing) == []


def run(cashing: Cashing, on: date, *, dry: bool = False) -> CardRun:
    """All stored cards on a day."""
    application = cashing.operator.application
    desk = None if dry else cashing.desk(on)
    return charge_cards(application, desk, origin_of_process("clerk", on), silent)
