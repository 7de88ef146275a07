"""A charge taken back by hand: with the discounts on it, never more than its invoice has, and never charged again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from billing_core.catalogue.components import AnyComponent
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from tests.billing_core.books import audit
from tests.billing_core.price_lists import at_least, fee, off, on_top, tariff, usage
from tests.billing_core.subscriber import Subscriber, told

JUNE_FEE = "S1/monthly/2026-06-01/2026-07-01/0"


def subscribed(*components: AnyComponent, on: str = "2026-06-01", **plan: Any) -> Subscriber:
    """On tariff net since 1 June and billed then; tariff fast costs 600.00 with 50 % off."""
    subscriber = Subscriber(
        tariff("net", *components), tariff("fast", fee("600.00", vat="20"), off("50", code="fast")), **plan
    )
    subscriber.activate("net", on)
    subscriber.bill(on)
    return subscriber


def short(facts: Iterable[Event]) -> list[str]:
    return [line.partition(", ")[0] for line in told(facts)]


def test_a_fee_takes_its_discount_along():
    """Of 300.00 less 10 % the invoice has 270.00, and the credit note takes just that back."""
    subscriber = subscribed(fee("300.00", vat="20"), off("10"))

    facts = subscriber.waive_charge(JUNE_FEE, "2026-06-20")

    assert short(facts) == [
        f"monthly 01 Jun - 01 Jul: -300.00 of {JUNE_FEE}",
        "promo 01 Jun - 01 Jul: 30.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "credit note 5001 for 1001: -270.00 + VAT -54.00 = -324.00",
        "324.00 of 5001 settles 1001",
    ]
    assert subscriber.balance == "0.00"
    audit(subscriber)


def test_a_surcharge_is_taken_back_with_its_fee():
    subscriber = subscribed(fee("100.00"), on_top("7"))
    subscriber.waive_charge(JUNE_FEE, "2026-06-20")
    assert subscriber.balance == "0.00"
    audit(subscriber)


def test_a_surcharge_taken_back_alone_changes_the_discount_stacked_on_it():
    """50 % off 110.00 were 55.00; off 100.00 they are 50.00."""
    subscriber = subscribed(fee("100.00"), on_top("10"), off("50"))

    assert short(subscriber.waive_charge("S1/extra:monthly/2026-06-01/2026-07-01/0", "2026-06-20"))[:4] == [
        "extra 01 Jun - 01 Jul: -10.00 of S1/extra:monthly/2026-06-01/2026-07-01/0",
        "promo 01 Jun - 01 Jul: 55.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "promo 01 Jun - 01 Jul: -50.00",
        "credit note 5001 for 1001: -5.00 + VAT 0.00 = -5.00",
    ]
    audit(subscriber)


def test_a_discount_learnt_late_goes_with_its_fee_and_cancelling_it_then_changes_nothing():
    subscriber = subscribed(fee("300.00", vat="20"))
    subscriber.grant(off("10", code="won"), "2026-06-11")
    subscriber.bill("2026-06-12")

    assert short(subscriber.waive_charge(JUNE_FEE, "2026-06-20"))[:3] == [
        f"monthly 01 Jun - 01 Jul: -300.00 of {JUNE_FEE}",
        "won 11 Jun - 01 Jul: 20.00 of S1/won:monthly/2026-06-11/2026-07-01/0",
        "credit note 5002 for 1001: -280.00 + VAT -56.00 = -336.00",
    ]
    subscriber.cancel("grant-discount", "2026-06-11")
    assert short(subscriber.bill("2026-06-21")) == ["looked at"]
    audit(subscriber)


@pytest.mark.parametrize("late", ["terminate", "grant", "change_tariff", "end_discount"])
def test_neither_the_fee_nor_a_share_on_its_days_is_charged_or_credited_again(late: str):
    subscriber = subscribed(fee("300.00", vat="20"), off("10"))
    subscriber.waive_charge(JUNE_FEE, "2026-06-10")
    terms = {"grant": (off("20", code="won"),), "change_tariff": ("fast",), "end_discount": ("promo",)}
    if late == "end_discount":
        subscriber.grant(off("20", code="promo"), "2026-06-05")

    getattr(subscriber, late)(*terms.get(late, ()), "2026-06-11")

    assert short(subscriber.bill("2026-06-12")) == ["looked at"]
    audit(subscriber)


def test_days_taken_back_stay_so_where_another_billing_day_puts_them_into_other_periods():
    """June is taken back; from the 16th of May on periods begin on the 16th, so [16 Jun, 16 Jul) is 15/30 of 300.00."""
    subscriber = Subscriber(tariff("net", fee("300.00"), off("10")))
    subscriber.activate("net", "2026-05-01")
    subscriber.bill("2026-06-01")
    subscriber.waive_charge(JUNE_FEE, "2026-06-02")
    subscriber.change_billing_day(16, "2026-05-16")

    lines = short(subscriber.bill("2026-06-16"))

    assert [line for line in lines if "Jul:" in line] == [
        "monthly 01 Jul - 16 Jul: 150.00",
        "promo 01 Jul - 16 Jul: -15.00",
    ]
    assert not [line for line in lines if line.startswith(("monthly 01 Jun", "monthly 16 Jun"))]
    audit(subscriber)


def test_only_what_is_left_goes_and_days_that_come_back_have_their_discount_again():
    """Terminated on the 11th, 100.00 less 10.00 are left and taken back; else 20 days are charged."""
    subscriber = subscribed(fee("300.00", vat="20"), off("10"))
    subscriber.terminate("2026-06-11")
    subscriber.bill("2026-06-11")

    assert short(subscriber.waive_charge(JUNE_FEE, "2026-06-12"))[:3] == [
        f"monthly 01 Jun - 11 Jun: -100.00 of {JUNE_FEE}",
        "promo 01 Jun - 11 Jun: 10.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "credit note 5002 for 1001: -90.00 + VAT -18.00 = -108.00",
    ]
    subscriber.cancel("terminate", "2026-06-11")
    assert short(subscriber.bill("2026-06-13")) == [
        "monthly 11 Jun - 01 Jul: 200.00",
        "promo 11 Jun - 01 Jul: -20.00",
        "invoice 1002: 180.00 + VAT 36.00 = 216.00",
    ]
    audit(subscriber)


def test_of_two_fees_of_a_period_each_has_its_part_of_the_discount():
    """One unit for ten days, two for twenty: 100.00 and 400.00, less 50.00; the second is taken back."""
    subscriber = Subscriber(tariff("net", fee("300.00", vat="20"), off("10")))
    subscriber.activate("net", "2026-06-01")
    subscriber.change_quantity("2", "2026-06-11")
    subscriber.bill("2026-06-01")

    assert short(subscriber.waive_charge("S1/monthly/2026-06-11/2026-07-01/0", "2026-06-20"))[:3] == [
        "monthly 11 Jun - 01 Jul: -400.00 of S1/monthly/2026-06-11/2026-07-01/0",
        "promo 11 Jun - 01 Jul: 40.00 of S1/promo:monthly/2026-06-11/2026-07-01/0",
        "credit note 5001 for 1001: -360.00 + VAT -72.00 = -432.00",
    ]
    subscriber.change_quantity("3", "2026-06-15")
    assert short(subscriber.bill("2026-06-21")) == ["looked at"]
    audit(subscriber)


def test_where_a_discount_came_and_went_two_invoices_are_credited():
    subscriber = subscribed(fee("300.00", vat="20"))
    subscriber.grant(off("10", code="won"), "2026-06-01")
    subscriber.bill("2026-06-02")
    subscriber.cancel("grant-discount", "2026-06-01")
    subscriber.bill("2026-06-03")

    assert short(subscriber.waive_charge(JUNE_FEE, "2026-06-20")) == [
        f"monthly 01 Jun - 01 Jul: -270.00 of {JUNE_FEE}",
        f"monthly 01 Jun - 01 Jun: -30.00 of {JUNE_FEE}",
        "credit note 5002 for 1001: -270.00 + VAT -54.00 = -324.00",
        "324.00 of 5002 settles 1001",
        "credit note 5003 for 1002: -30.00 + VAT -6.00 = -36.00",
        "36.00 of 5003 settles 1002",
    ]
    audit(subscriber)


def test_what_waits_for_an_invoice_is_netted_on_it():
    subscriber = subscribed(fee("300.00", vat="20"), off("10"), minimum_invoice=Decimal(1_000))
    assert [f"{charge.amount.amount}" for charge in subscriber.account.pending] == ["300.00", "-30.00"]

    assert short(subscriber.waive_charge(JUNE_FEE, "2026-06-20")) == [
        f"monthly 01 Jun - 01 Jul: -300.00 of {JUNE_FEE}",
        "promo 01 Jun - 01 Jul: 30.00 of S1/promo:monthly/2026-06-01/2026-07-01/0",
        "sums to zero",
    ]
    assert sum(charge.amount.amount for charge in subscriber.account.pending) == 0
    audit(subscriber)


def test_usage_takes_its_discount_along():
    subscriber = subscribed(usage("1.00"), off("10", "data"))
    subscriber.use("50", "2026-06-10")
    subscriber.bill("2026-07-01")

    assert short(subscriber.waive_charge("S1/data/2026-06-01/2026-07-01/0", "2026-07-02"))[:3] == [
        "data 01 Jun - 01 Jul: -50.00 of S1/data/2026-06-01/2026-07-01/0",
        "promo 01 Jun - 01 Jul: 5.00 of S1/promo:data/2026-06-01/2026-07-01/0",
        "credit note 5001 for 1001: -45.00 + VAT 0.00 = -45.00",
    ]
    subscriber.use("7", "2026-06-11")
    assert short(subscriber.bill("2026-07-03")) == ["looked at"]
    audit(subscriber)


def test_usage_that_was_charged_in_two_parts_is_waived_with_its_days():
    """50.00, then 20.00 more were used, less 10 %: nothing is left, also of what is learnt later."""
    subscriber = subscribed(usage("1.00"), off("10", "data"))
    subscriber.use("50", "2026-06-10")
    subscriber.bill("2026-07-01")
    subscriber.use("20", "2026-06-11")
    subscriber.bill("2026-07-02")

    subscriber.waive_charge("S1/data/2026-06-01/2026-07-01/0", "2026-07-03")
    subscriber.use("7", "2026-06-12")

    assert short(subscriber.bill("2026-07-04")) == ["looked at"]
    assert subscriber.balance == "0.00"
    audit(subscriber)


def test_towards_a_minimum_a_charge_that_was_taken_back_counts_as_before():
    """50.00 are committed, 31.20 less 10 % were used, so 21.92 are charged beside, whatever is taken back."""
    subscriber = subscribed(usage("1.00"), at_least("50.00"), off("10", "data"))
    subscriber.use("31.2", "2026-06-10")
    subscriber.bill("2026-07-01")
    subscriber.waive_charge("S1/data/2026-06-01/2026-07-01/0", "2026-07-02")
    subscriber.use("0", "2026-06-11")

    assert short(subscriber.bill("2026-07-03")) == ["looked at"]
    assert subscriber.balance == "-21.92"
    audit(subscriber)


def test_a_discount_is_not_taken_back_alone():
    subscriber = subscribed(fee("300.00"), off("10"))

    with pytest.raises(RuleViolation, match="is a discount; end the discount, or waive the charge it is on"):
        subscriber.waive_charge("S1/promo:monthly/2026-06-01/2026-07-01/0", "2026-06-20")


def test_nothing_is_waived_twice_nor_is_a_correction():
    subscriber = subscribed(fee("300.00"))
    subscriber.terminate("2026-06-11")
    (posted, *_) = subscriber.bill("2026-06-11")
    assert isinstance(posted, ChargesPosted)
    with pytest.raises(RuleViolation, match="is itself a correction; waive the charge that it corrects"):
        subscriber.waive_charge(posted.charges[0].key, "2026-06-20")

    subscriber.waive_charge(JUNE_FEE, "2026-06-20")

    with pytest.raises(RuleViolation, match="nothing is left of it to waive") as caught:
        subscriber.waive_charge(JUNE_FEE, "2026-06-20")
    assert (caught.value.field, caught.value.value) == ("charge", JUNE_FEE)


def test_a_waiver_that_is_cancelled_charges_its_days_again():
    subscriber = subscribed(fee("300.00", vat="20"), off("10"))
    subscriber.waive_charge(JUNE_FEE, "2026-06-20")

    subscriber.cancel("waive", "2026-06-01")

    assert short(subscriber.bill("2026-06-21")) == [
        "monthly 01 Jun - 01 Jul: 300.00",
        "promo 01 Jun - 01 Jul: -30.00",
        "invoice 1002: 270.00 + VAT 54.00 = 324.00",
    ]
    with pytest.raises(RuleViolation, match="nothing is waived from this day on"):
        subscriber.cancel("waive", "2026-06-01")
    audit(subscriber)
