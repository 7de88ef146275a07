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
from billing_core.promises.conditions import Asked, PromiseRefused, Promisor, objections_to
from billing_core.promises.decisions import amounts_of
from billing_core.promises.events import PromisePartKept
from billing_core.promises.history import history_of, score
from billing_core.promises.state import parts_of

TERMS = PromiseTerms(
    most_days=10, most_per_month=2, least_debt=Decimal(1), most_debt=Decimal(50), days_after_broken=30
)  # fmt: skip
SECOND, NINTH, TENTH = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 10)
KEPT = PromiseKept(effective_on=SECOND)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def owing(balance: Money, received: str = "0.00", since: date | None = date(2020, 1, 1)) -> Promisor:
    return Promisor(owed=-balance, received_today=eur(received), served_since_on=since)


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


# --- conditions


def objections(terms: PromiseTerms, owed: str, promises: Promises | None = None, on: date = SECOND, **known: Any):
    asked = Asked(amount=eur(owed), dates=known.pop("dates", (NINTH,)))
    debtor = owing(eur(f"-{owed}"), **known)
    return objections_to(promises or Promises(), terms, debtor, asked, on)


def test_every_reason_against_a_promise_is_found_with_its_code_and_its_end():
    terms = msgspec.structs.replace(TERMS, least_paid_percent=Decimal(25))
    broken = after(
        opened(date(2026, 2, 1)), PromiseBroken(effective_on=date(2026, 3, 1), missing=eur("1.00"))
    )  # fmt: skip

    found = objections(terms, "60.00", broken)

    assert [(each.code, each.possible_on, each.missing) for each in found] == [
        ("debt-too-large", None, None),
        ("cool-down", date(2026, 3, 31), None),
        ("too-little-paid", None, eur("15.00")),
    ]
    assert objections(terms, "40.00", broken, date(2026, 3, 31), received="20.00", dates=()) == []


@pytest.mark.parametrize(("received", "missing"), [("0.00", "15.00"), ("14.99", "0.01"), ("15.00", None)])
def test_a_part_of_the_debt_must_come_in_on_the_day(received: str, missing: str | None):
    """A quarter of 60.00; what came in counts as a part of the debt."""
    owed = Decimal("60.00") - Decimal(received)
    terms = msgspec.structs.replace(TERMS, least_paid_percent=Decimal(25), most_debt=None)

    found = objections(terms, str(owed), received=received)

    assert [each.missing for each in found] == ([] if missing is None else [eur(missing)])


def test_a_service_must_be_so_old():
    terms = msgspec.structs.replace(TERMS, least_service_days=90)
    (young,) = objections(terms, "20.00", since=date(2025, 12, 3))
    assert (young.code, young.possible_on) == ("service-too-young", date(2026, 3, 3))
    assert objections(terms, "20.00", since=date(2025, 12, 2)) == []
    (without,) = objections(terms, "20.00", since=None)
    assert (without.code, without.possible_on) == ("service-too-young", None)


@pytest.mark.parametrize(
    ("on", "possible_on"),
    [
        (date(2026, 3, 1), None),
        (date(2026, 3, 2), date(2026, 3, 31)),
        (date(2026, 4, 30), None),
        (date(2026, 4, 29), date(2026, 4, 30)),
        (date(2026, 2, 28), None),
    ],
)
def test_promises_are_opened_on_days_of_the_month_and_a_day_it_lacks_is_its_last_one(
    on: date, possible_on: date | None
):
    terms = msgspec.structs.replace(TERMS, days_of_month=(1, 31))
    found = objections(terms, "20.00", on=on, dates=())
    assert [each.possible_on for each in found] == ([] if possible_on is None else [possible_on])


def test_the_month_of_the_next_promise_begins_on_its_first_day():
    twice = after(opened(date(2026, 12, 1)), KEPT, opened(date(2026, 12, 31)), KEPT)
    (found,) = objections(TERMS, "20.00", twice, date(2026, 12, 31), dates=())
    assert (found.code, found.possible_on) == ("too-many-this-month", date(2027, 1, 1))


def test_what_came_in_on_the_day_is_known_without_what_went_away():
    promises = after(paid("5.00", date(2026, 3, 1), "0"), paid("12.00", reference="1"), paid("8.00", reference="2"))
    assert promises.received_on(SECOND, "EUR") == eur("20.00")
    FOLDS[PaymentReversed](
        promises, PaymentReversed(effective_on=SECOND, payment="bank:1", amount=eur("12.00"), reason="bounced")
    )
    assert promises.received_on(SECOND, "EUR") == eur("8.00")
    assert promises.received_on(NINTH, "EUR") == eur("0.00")


def test_a_refusal_has_the_code_of_its_reason():
    with pytest.raises(PromiseRefused) as refused:
        open_promise(Promises(), TERMS, eur("-50.01"), NINTH, SECOND)
    assert refused.value.code == "promise-refused-debt-too-large"


# --- instalments

APRIL, MAY = date(2026, 4, 9), date(2026, 5, 9)
PLAN_TERMS = PromiseTerms(most_days=31, most_instalments=3)


def planned(*amounts: str, dates: tuple[date, ...] = (NINTH, APRIL, MAY), owed: str = "20.00") -> list[Event]:
    parts = amounts_of(eur(owed), dates, [Decimal(amount) for amount in amounts])
    return open_parts(Promises(), PLAN_TERMS, owing(eur(f"-{owed}")), dates, parts, SECOND)


def test_a_plan_has_equal_parts_by_largest_remainder_or_those_that_are_named():
    (fact,) = planned()
    assert isinstance(fact, PromiseOpened)
    assert [part.amount.amount for part in fact.parts] == [Decimal("6.67"), Decimal("6.67"), Decimal("6.66")]
    assert (fact.amount, fact.until_on, fact.breaks_on) == (eur("20.00"), MAY, date(2026, 5, 10))
    (named,) = planned("10.00", "5.00", "5.00")
    assert isinstance(named, PromiseOpened) and [part.breaks_on for part in named.parts] == [
        TENTH, date(2026, 4, 10), date(2026, 5, 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amounts", "dates", "why"),
    [
        (("10.00",), (NINTH, APRIL), "must be as many as the dates"),
        (("30.00", "5.00"), (NINTH, APRIL), "is more than what is owed"),
        (("20.00", "0.00"), (NINTH, APRIL), "must be more than zero"),
        ((), (APRIL, NINTH), "the last day is 2026-04-02"),
        ((), (NINTH, NINTH), "does not follow 2026-03-09"),
        ((), (NINTH, MAY), "more than 31 days after 2026-03-09"),
        ((), (NINTH, TENTH, APRIL, MAY), "takes 3 at most"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(amounts: tuple[str, ...], dates: tuple[date, ...], why: str):
    with pytest.raises((RuleViolation, InvalidValue), match=why):
        planned(*amounts, dates=dates)


def ended(*facts: Event, on: date) -> list[Event]:
    """What ends on a day of a plan of 10.00 by 9 March and 10.00 by 9 April."""
    return end_promise(after(*planned(dates=(NINTH, APRIL)), *facts), on)


def test_a_part_is_kept_by_its_date_and_what_comes_in_early_counts_on():
    kept = PromisePartKept(effective_on=NINTH, part=1, next_until_on=APRIL, next_breaks_on=date(2026, 4, 10))
    early = paid("12.00", date(2026, 3, 7))
    assert ended(early, on=NINTH) == [kept]
    assert ended(early, kept, on=date(2026, 4, 9)) == []
    assert ended(early, kept, on=date(2026, 4, 10)) == [
        PromiseBroken(effective_on=date(2026, 4, 10), missing=eur("8.00"), part=2)
    ]
    assert ended(early, kept, paid("8.00", APRIL, "2"), on=APRIL) == [PromiseKept(effective_on=APRIL)]
    whole = ended(paid("20.00"), on=SECOND)
    assert [type(fact) for fact in whole] == [PromisePartKept, PromiseKept]


def test_the_first_part_that_is_broken_breaks_the_plan_though_the_rest_comes_in_later():
    late = paid("20.00", TENTH)
    assert ended(late, on=TENTH) == [PromiseBroken(effective_on=TENTH, missing=eur("10.00"), part=1)]


@given(
    st.lists(st.tuples(st.integers(0, 80), st.integers(1, 900)), max_size=6),
    st.lists(st.integers(1, 30), min_size=1, max_size=3),
)
def test_a_plan_is_kept_if_each_part_and_all_before_it_came_in_by_its_date(
    payments: list[tuple[int, int]], gaps: list[int]
):
    days = [sum(gaps[: place + 1]) for place in range(len(gaps))]
    dates = tuple(SECOND + timedelta(days=day) for day in days)
    facts = planned(dates=dates) + [
        paid(f"{cents / 100:.2f}", SECOND + timedelta(days=day), str(place))
        for place, (day, cents) in enumerate(payments)
    ]
    shares = [part.amount for part in parts_of(facts[0])]  # type: ignore[arg-type]
    is_kept = all(
        sum(cents for paid_on, cents in payments if paid_on <= day)
        >= sum(int(share.amount * 100) for share in shares[: place + 1])
        for place, day in enumerate(days)
    )

    *_, last = end_promise(after(*facts), date(2026, 12, 1))

    assert isinstance(last, PromiseKept if is_kept else PromiseBroken)


# --- history


def test_the_history_counts_days_late_and_gives_a_score():
    """The worked example of `promises.history`."""
    may, june = date(2026, 5, 9), date(2026, 6, 9)
    facts = [
        opened(), paid("20.00", date(2026, 3, 7), "1"), PromiseKept(effective_on=date(2026, 3, 7)),
        opened(APRIL, APRIL, "30.00"), paid("30.00", APRIL, "2"), PromiseKept(effective_on=APRIL),
        opened(date(2026, 5, 1), may, "30.00"), PromiseBroken(effective_on=date(2026, 5, 10), missing=eur("30.00")),
        paid("29.99", date(2026, 5, 16), "3"), paid("0.01", date(2026, 5, 17), "4"),
        opened(date(2026, 6, 1), june, "24.00"), paid("24.00", date(2026, 6, 1), "5"), PromiseKept(effective_on=june),
    ]  # fmt: skip

    history = history_of(facts, date(2026, 7, 1))

    assert [(each.state, each.days_late) for each in history.promises] == [
        ("kept", 0), ("kept", 0), ("broken", 8), ("kept", 0),
    ]  # fmt: skip
    assert (history.kept, history.broken, history.days_late, history.score) == (3, 1, 8, 73)


def test_what_was_broken_and_is_not_paid_is_late_up_to_today():
    facts = [opened(), PromiseBroken(effective_on=TENTH, missing=eur("20.00")), paid("19.99", TENTH, "1")]
    assert history_of(facts, date(2026, 3, 29)).promises[0].days_late == 20
    assert history_of(facts, date(2026, 3, 29)).score == 0
    assert history_of([opened()], NINTH).score is None


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 5000))
def test_a_score_is_0_to_100_and_never_rises_with_days_late(kept: int, broken: int, days: int):
    found, later = score(kept, broken, days), score(kept, broken, days + 1)
    assert (found is None) == (kept + broken == 0)
    if found is not None and later is not None:
        assert 0 <= later <= found <= 100
