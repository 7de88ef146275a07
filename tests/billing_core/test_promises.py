"""A promise is opened within the seller's terms, kept by what comes in, and broken by its date."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from billing_core.payments.events import (
    CreditPaidOut,
    CreditPart,
    PaymentMovedAway,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
)
from billing_core.promises import (
    FOLDS,
    PromiseBroken,
    PromiseKept,
    PromiseOpened,
    Promises,
    PromiseTerms,
    PromiseTermsSet,
    end_promise,
    set_terms,
)
from billing_core.promises import open_promise as open_parts
from billing_core.promises.conditions import Debtor

TERMS = PromiseTerms(
    most_days=10, most_per_month=2, least_debt=Decimal(1), most_debt=Decimal(50), days_after_broken=30
)  # fmt: skip
SECOND, NINTH, TENTH = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 10)
KEPT = PromiseKept(effective_on=SECOND)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def owing(balance: Money, received: str = "0.00", since: date | None = date(2020, 1, 1)) -> Debtor:
    return Debtor(owed=-balance, received_today=eur(received), served_since_on=since)


def open_promise(
    promises: Promises, terms: PromiseTerms | None, balance: Money, until_on: date, on: date
) -> list[Event]:
    """A promise over all that is owed."""
    return open_parts(promises, terms, owing(balance), [until_on], [-balance], on)


def after(*facts: Event) -> Promises:
    promises = Promises()
    for fact in facts:
        FOLDS[type(fact)](promises, fact)
    return promises


def opened(on: date = SECOND, until_on: date = NINTH, amount: str = "20.00") -> PromiseOpened:
    return PromiseOpened(effective_on=on, amount=eur(amount), until_on=until_on, breaks_on=until_on + ONE_DAY)


def paid(amount: str, on: date = SECOND, reference: str = "1") -> PaymentReceived:
    return PaymentReceived(
        effective_on=on, customer="C1", source="bank", reference=reference, amount=eur(amount)
    )  # fmt: skip


def test_a_promise_is_about_what_is_owed_when_it_is_opened():
    assert open_promise(Promises(), TERMS, eur("-20.00"), NINTH, SECOND) == [opened()]


@pytest.mark.parametrize(
    ("promises", "terms", "balance", "until_on", "why"),
    [
        (Promises(), None, "-20.00", NINTH, "takes no promises"),
        (after(opened()), TERMS, "-20.00", NINTH, "a promise until 2026-03-09 is open"),
        (Promises(), TERMS, "0.00", NINTH, "owes nothing"),
        (Promises(), TERMS, "5.00", NINTH, "owes nothing"),
        (Promises(), TERMS, "-0.99", NINTH, "needs at least 1"),
        (Promises(), TERMS, "-50.01", NINTH, "covers at most 50"),
        (Promises(), TERMS, "-20.00", date(2026, 3, 1), "before today"),
        (Promises(), TERMS, "-20.00", date(2026, 3, 13), "the last day is 2026-03-12"),
        (
            after(opened(date(2026, 3, 1)), KEPT, opened(), KEPT),
            TERMS, "-20.00", NINTH, "only 2 a month may be opened; the last one was on 2026-03-02",
        ),
        (
            after(opened(date(2026, 2, 1)), PromiseBroken(effective_on=date(2026, 2, 10), missing=eur("1.00"))),
            TERMS, "-20.00", NINTH, "the next one may be opened on 2026-03-12",
        ),
    ],
)  # fmt: skip
def test_a_promise_outside_the_terms_is_refused_and_says_when_or_how_it_could_be(
    promises: Promises, terms: PromiseTerms | None, balance: str, until_on: date, why: str
):
    with pytest.raises((RuleViolation, InvalidValue), match=why):
        open_promise(promises, terms, eur(balance), until_on, SECOND)


def test_the_bounds_of_the_terms_are_within_them():
    assert open_promise(Promises(), TERMS, eur("-1.00"), date(2026, 3, 12), SECOND)
    assert open_promise(Promises(), TERMS, eur("-50.00"), SECOND, SECOND)
    broken = after(opened(date(2026, 2, 1)), PromiseBroken(effective_on=date(2026, 1, 31), missing=eur("1.00")))
    assert open_promise(broken, TERMS, eur("-20.00"), NINTH, SECOND)


def test_promises_of_the_month_before_do_not_count():
    kept = after(*(fact for day in (1, 2) for fact in (opened(date(2026, 2, day)), PromiseKept(effective_on=SECOND))))

    assert open_promise(kept, TERMS, eur("-20.00"), NINTH, SECOND)


def test_a_promise_is_kept_when_all_of_it_came_in():
    part = after(opened(), paid("12.00"))
    assert end_promise(part, NINTH) == []

    whole = after(opened(), paid("12.00"), paid("8.00", NINTH, "2"))

    assert end_promise(whole, NINTH) == [PromiseKept(effective_on=NINTH)]
    assert end_promise(whole, TENTH) == [PromiseKept(effective_on=TENTH)]


def test_a_promise_is_broken_when_its_last_day_has_passed():
    part = after(opened(), paid("12.00"))

    assert end_promise(part, NINTH) == []
    assert end_promise(part, TENTH) == [PromiseBroken(effective_on=TENTH, missing=eur("8.00"))]


def test_a_payment_counts_by_the_day_on_which_it_came_in():
    """One of the day before the promise was not booked when it was opened, one of the day after is too late."""
    early, late = paid("12.00", date(2026, 3, 1), "1"), paid("8.00", TENTH, "2")

    assert end_promise(after(opened(), early, late), TENTH) == [PromiseBroken(effective_on=TENTH, missing=eur("8.00"))]


def test_what_came_in_on_the_last_day_may_be_booked_in_the_days_of_grace():
    (fact,) = open_promise(
        Promises(), msgspec.structs.replace(TERMS, grace_days=2), eur("-20.00"), NINTH, SECOND
    )  # fmt: skip
    assert isinstance(fact, PromiseOpened) and fact.breaks_on == date(2026, 3, 12)

    assert end_promise(after(fact), date(2026, 3, 11)) == []
    assert end_promise(after(fact, paid("20.00", NINTH)), date(2026, 3, 11)) == [
        PromiseKept(effective_on=date(2026, 3, 11))
    ]
    assert isinstance(end_promise(after(fact), date(2026, 3, 12))[0], PromiseBroken)


def test_a_payment_that_bounces_or_moves_away_counts_no_more():
    bounced = PaymentReversed(effective_on=NINTH, payment="bank:1", amount=eur("20.00"), reason="bounced")
    moved = PaymentMovedAway(
        effective_on=NINTH, payment="bank:1", amount=eur("20.00"), to_account="A2", reason="another's"
    )

    for fact in (bounced, moved):
        assert end_promise(after(opened(), paid("20.00"), fact), NINTH) == []


def test_what_is_taken_back_refunded_or_paid_out_of_a_payment_counts_no_more():
    part = PaymentPartlyReversed(effective_on=NINTH, payment="bank:1", amount=eur("0.01"), reason="charged back")
    refunded = PaymentRefunded(effective_on=NINTH, payment="bank:1", amount=eur("0.01"), reason="paid twice")
    paid_out = CreditPaidOut(effective_on=NINTH, parts=(CreditPart("bank:1", eur("0.01")),), reason="moves")

    for fact in (part, refunded, paid_out):
        assert end_promise(after(opened(), paid("20.00"), fact), NINTH) == []
        assert end_promise(after(opened(), paid("20.01"), fact), NINTH) == [PromiseKept(effective_on=NINTH)]


@pytest.mark.parametrize("bounced_on", [SECOND, TENTH])
def test_a_payment_that_did_not_count_may_bounce(bounced_on: date):
    """One from before the promise, and one that came too late."""
    bounces = [
        PaymentReversed(effective_on=bounced_on, payment=payment, amount=eur("30.00"), reason="bounced")
        for payment in ("bank:old", "bank:late")
    ]
    facts = [opened(), paid("30.00", TENTH, "late"), *bounces, paid("20.00", NINTH)]

    assert end_promise(after(*facts), TENTH) == [PromiseKept(effective_on=TENTH)]


def test_without_an_open_promise_nothing_is_kept_or_broken():
    for promises in (Promises(), after(paid("20.00")), after(opened(), PromiseKept(effective_on=SECOND))):
        assert end_promise(promises, date(2026, 4, 1)) == []


@given(st.lists(st.tuples(st.integers(1, 1500), st.booleans()), max_size=8), st.integers(0, 20))
def test_a_promise_ends_once_and_as_the_sum_of_what_came_in_says(payments: list[tuple[int, bool]], days: int):
    facts: list[Event] = [opened()]
    for place, (cents, bounces) in enumerate(payments):
        amount = eur(f"{cents / 100:.2f}")
        facts.append(paid(f"{amount.amount}", SECOND, str(place)))
        if bounces:
            facts.append(PaymentReversed(effective_on=SECOND, payment=f"bank:{place}", amount=amount, reason="bounced"))
    came_in = sum(cents for cents, bounces in payments if not bounces)
    on = SECOND + timedelta(days=days)

    ends = end_promise(after(*facts), on)

    if came_in >= 2000:
        assert ends == [PromiseKept(effective_on=on)]
    elif on > NINTH:
        missing = Money(Decimal(2000 - came_in).scaleb(-2), "EUR")
        assert ends == [PromiseBroken(effective_on=on, missing=missing)]
    else:
        assert ends == []


def test_terms_that_hold_already_change_nothing():
    fact = PromiseTermsSet(effective_on=SECOND, seller="S1", terms=TERMS)
    assert set_terms(None, fact) == [fact]
    assert set_terms(TERMS, fact) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"most_days": 0}, "most days '0': must be 1 to 366"),
        ({"most_days": 10**7}, "must be 1 to 366"),
        ({"grace_days": -1}, "must be 0 to 31"),
        ({"most_per_month": 0}, "must be 1 to 31"),
        ({"days_after_broken": 10**10}, "must be 0 to 366"),
        ({"price": Decimal(-1)}, "must not be negative"),
        ({"price": Decimal("0.0000005")}, "at most 6 decimals"),
        ({"vat_rate": Decimal(-5)}, "VAT rate '-5': must be a percentage"),
        ({"vat_rate": Decimal(500)}, "VAT rate '500': must be a percentage"),
        ({"least_debt": Decimal("NaN")}, "least debt 'NaN'"),
        ({"most_debt": Decimal("0.5")}, "less than the least debt"),
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, Any], why: str):
    terms = msgspec.structs.replace(TERMS, **wrong)
    with pytest.raises(InvalidValue, match=why):
        set_terms(None, PromiseTermsSet(effective_on=SECOND, seller="S1", terms=terms))
