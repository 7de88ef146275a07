"""What is learnt after its days were billed: the next bill brings what is posted to what is owed."""

from __future__ import annotations

from billing_core.invoicing.invoices import CreditNoteIssued
from tests.billing_core.books import audit, posted_charges
from tests.billing_core.price_lists import fee, tariff
from tests.billing_core.subscriber import Subscriber, short

NET = tariff("net", fee("310.00"))
BIG = tariff("big", fee("620.00"))


def subscribed(since: str) -> Subscriber:
    subscriber = Subscriber(NET, BIG, opened="2023-01-01")
    subscriber.activate("net", since)
    return subscriber


def test_a_termination_learnt_two_months_late_credits_what_was_billed_since():
    """Of February the 10 days before it stay: 310.00 less 310.00 x 19/29, 203.10."""
    subscriber = subscribed("2024-01-01")
    for month in ("01", "02", "03", "04"):
        subscriber.bill(f"2024-{month}-01")
    subscriber.terminate("2024-02-11")

    facts = subscriber.bill("2024-04-30")

    assert short(posted_charges(facts)) == [
        "monthly 11 Feb - 01 Mar: -203.10",
        "monthly 01 Mar - 01 Apr: -310.00",
        "monthly 01 Apr - 01 May: -310.00",
    ]
    notes = [fact for fact in facts if isinstance(fact, CreditNoteIssued)]
    assert [note.corrects for note in notes] == ["1002", "1003", "1004"]
    assert subscriber.balance == "-416.90"
    audit(subscriber)


def test_an_activation_learnt_late_is_charged_from_its_day_with_what_happened_since():
    """Two of them from 11 February on: 620.00 x 19/29 is 406.21; the 10 days before are 310.00 less 203.10."""
    subscriber = subscribed("2024-01-15")
    subscriber.change_quantity("2", "2024-02-11")

    assert short(posted_charges(subscriber.bill("2024-03-31"))) == [
        "monthly 15 Jan - 01 Feb: 170.00",
        "monthly 01 Feb - 11 Feb: 106.90",
        "monthly 11 Feb - 01 Mar: 406.21",
        "monthly 01 Mar - 01 Apr: 620.00",
    ]


def test_a_change_and_its_counter_change_on_one_day_restore_the_total():
    """Each learnt a month after the other: 210.00 more for January, 310.00 for February, and both back."""
    subscriber = subscribed("2024-01-01")
    subscriber.bill("2024-01-31")
    assert subscriber.balance == "-310.00"
    subscriber.change_tariff("big", "2024-01-11")
    subscriber.bill("2024-02-29")
    assert subscriber.balance == "-1140.00"
    subscriber.change_tariff("net", "2024-01-11")
    subscriber.bill("2024-03-31")
    assert subscriber.balance == "-930.00"
    audit(subscriber)


def test_a_change_and_its_counter_change_before_the_next_bill_charge_nothing():
    subscriber = subscribed("2024-01-01")
    subscriber.bill("2024-01-01")
    subscriber.change_tariff("big", "2024-01-11")
    subscriber.change_tariff("net", "2024-01-11")

    assert posted_charges(subscriber.bill("2024-01-31")) == []
