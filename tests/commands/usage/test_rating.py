"""Rating on the real store: records become facts of their accounts, whatever came when, and whatever changed since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations
from billing_core.catalogue.tariffs import Tariff
from billing_core.catalogue.unit_packages import UnitPackage
from billing_core.time.period_rules import MONTHLY_IN_ARREARS
from billing_core.usage.price_lists.lists import DestinationPrice, PriceList, PriceListTerms
from billing_core.usage.rating.pools import UsedComponent
from billing_core.usage.rating.rated import UsageRated
from billing_core.usage.retention import MonthSums, UsagePurged
from commands.accounts import ChangeBillingDay, OpenAccount, load_account
from commands.catalogue import PublishTariff
from commands.platform.ports import Append
from commands.services import MoveSubscription
from commands.services.concerned_accounts import ConcernedAccounts
from projections.usage.rated import cost_of, packages_of, unrated_after
from tests.commands.usage.price_lists import publish
from tests.commands.usage.rows import book_all, receive, row
from tests.operators import Operator, silent

A = "A0001"
TODAY = date(2026, 3, 5)
TERMS = PriceListTerms(code="voice", name="Voice", currency="EUR", unit="minute", zone="Europe/Prague")
CZECHIA = DestinationPrice(prefix="420", destination="Czechia", group="national", prices=(Decimal("0.05"),))
GERMANY = DestinationPrice(prefix="49", destination="Germany", prices=(Decimal("0.25"),), first=60, next=60)
VOICE = PriceList(terms=TERMS, valid_from_on=date(2026, 1, 1), rows=(CZECHIA, GERMANY))
FREE = UnitPackage(code="free", units=60, groups=("national",), carried_periods=1)


def phone(*packages: UnitPackage) -> Tariff:
    pricing = Destinations(price_list="voice", packages=packages)
    calls = Usage(code="calls", name="Calls", vat_rate=Decimal(0), pricing=pricing, period=MONTHLY_IN_ARREARS)
    return Tariff(code="phone", name="Phone", currency="EUR", components=(calls,))


@pytest.fixture
def calls(operator: Operator) -> Calls:
    publish(operator, VOICE)
    operator.tell(PublishTariff(tariff=phone(FREE)))
    operator.subscriber(A, tariff="phone")
    return Calls(operator)


class Calls:
    """Calls of a subscriber: each comes as a batch of its own, and is booked."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self._count = 0

    def keep(self, at: str, number: str, seconds: int, account: str = A) -> date:
        """A call, not yet rated; its day in Prague."""
        self._count += 1
        started_at = datetime.fromisoformat(at).astimezone(UTC)
        fields = {"component": "calls", "number": number, "seconds": seconds, "quantity": 0}
        one = row(1, f"k{self._count}", "01-01", f"{account}/main", started_at=started_at, **fields)
        assert receive(self.operator, f"b{self._count}", [one]).taken == 1
        return date.fromisoformat(at[:10])

    def rate(self, *days: date) -> None:
        application = self.operator.application
        with application.store.transaction() as transaction:
            concerned = ConcernedAccounts(transaction)
            concerned.add(*load_account(transaction, A))
            used = {A: [UsedComponent("main", "calls", on) for on in days]}
            application.rating.rate(transaction, concerned, used, application.models().tariffs())
            transaction.append(concerned.appends(), (), origin_of_process("mediation", TODAY))

    def purge(self, month: str) -> None:
        """Remove the rows of a month of UTC; what proves them is of no matter here."""
        purged = UsagePurged(effective_on=TODAY, month=month, sums=MonthSums(), batches=0, rows_hash="")
        with self.operator.application.store.transaction() as transaction:
            transaction.append([Append(f"usage-month/{month}", 0, [purged])], (), origin_of_process("clerk", TODAY))
        self.operator.execute(f"DELETE FROM billing.usage_rows WHERE to_char(started_at, 'YYYY-MM') = '{month}'")

    def call(self, at: str, number: str, seconds: int, account: str = A) -> None:
        self.keep(at, number, seconds, account)
        book_all(self.operator)

    def move(self, account: str, on: date) -> None:
        """The subscription goes on in another account, which is opened for it."""
        customer = self.operator.account(A).customer
        opened = OpenAccount(account=account, customer=customer, seller="north", currency="EUR")
        self.operator.tell(opened, today=date(2026, 1, 1))
        move = MoveSubscription(account=A, subscription="main", to_account=account, on=on)
        self.operator.tell(move, today=on)

    def facts(self, account: str = A) -> Sequence[UsageRated]:
        return [fact for fact in self.operator.facts(f"account/{account}") if isinstance(fact, UsageRated)]

    def days(self, account: str = A) -> dict[str, tuple[int, Fraction]]:
        """The days as the account knows them: records, and the exact amount."""
        found: dict[str, tuple[int, Fraction]] = {}
        for fact in self.facts(account):
            for day in fact.days:
                found[str(day.on)] = day.records, Fraction(day.parts, fact.parts_per_unit)
        return found


def test_a_call_is_rated_and_its_account_learns_its_day(calls: Calls):
    """100 s, 60 of them free: 40 s at 0.05 a minute are 1/30; 61 s to Germany are two minutes at 0.25."""
    calls.call("2026-01-05 10:00+00", "420111222333", 100)
    calls.call("2026-01-06 10:00+00", "4930123456", 61)

    assert calls.days() == {"2026-01-05": (1, Fraction(1, 30)), "2026-01-06": (1, Fraction(1, 2))}
    found = calls.operator.ask(lambda cursor: cost_of(cursor, A, "main", date(2026, 1, 1), date(2026, 2, 1)))
    assert [(row.destination, row.units, row.free_units, row.amount) for row in found] == [
        ("Germany", 120, 0, Decimal("0.500000")), ("Czechia", 100, 60, Decimal("0.033333")),
    ]  # fmt: skip
    assert calls.operator.findings() == []


def test_rating_again_tells_nothing_new(calls: Calls):
    calls.call("2026-01-05 10:00+00", "420111222333", 100)
    before = calls.facts()
    calls.rate(date(2026, 1, 5), date(2026, 1, 9))
    assert calls.facts() == before


def test_an_earlier_call_that_comes_late_takes_the_free_units(calls: Calls):
    calls.call("2026-01-05 10:00+00", "420111222333", 60)
    calls.call("2026-01-03 10:00+00", "420111222333", 60)

    assert calls.days() == {"2026-01-03": (1, Fraction(0)), "2026-01-05": (1, Fraction(1, 20))}


def test_unused_units_are_carried_over_also_those_of_a_month_without_calls(calls: Calls):
    """In March 120 s are free: 60 of February, in which nothing was used, and its own."""
    calls.call("2026-01-05 10:00+00", "420111222333", 100)
    calls.call("2026-03-01 10:00+00", "420111222333", 150)

    assert calls.days()["2026-03-01"] == (1, Fraction(30, 60) * Fraction(5, 100))
    found = calls.operator.ask(lambda cursor: packages_of(cursor, A, date(2026, 1, 1)))
    assert [(row.from_on, row.units, row.used) for row in found] == [
        (date(2026, 1, 1), 60, 60), (date(2026, 3, 1), 120, 120),
    ]  # fmt: skip


def test_a_late_call_of_the_month_before_changes_what_was_carried_over(calls: Calls):
    """February had all its 60 s left, then 20 s are used of them, after 60 s of January: in March 100 s are free."""
    calls.call("2026-03-01 10:00+00", "420111222333", 120)
    assert calls.days()["2026-03-01"] == (1, Fraction(0))
    calls.call("2026-02-10 10:00+00", "420111222333", 80)
    assert calls.days()["2026-03-01"] == (1, Fraction(20, 60) * Fraction(5, 100))


def test_a_late_call_changes_what_is_carried_over_through_a_month_that_used_as_much_as_before(calls: Calls):
    """February used 60 s of January at first; now it uses its own, and leaves none for March."""
    calls.call("2026-02-10 10:00+00", "420111222333", 60)
    calls.call("2026-03-01 10:00+00", "420111222333", 120)
    assert calls.days()["2026-03-01"] == (1, Fraction(0))
    calls.call("2026-01-10 10:00+00", "420111222333", 60)
    assert calls.days()["2026-02-10"] == (1, Fraction(0))
    assert calls.days()["2026-03-01"] == (1, Fraction(5, 100))


def test_a_subscription_that_moves_takes_along_what_is_left_of_its_package(calls: Calls):
    """In February nothing is used, in March 40 of 120 s before the move on the 20th: 80 s are left there.

    What comes late on the former account takes them from the other one, and what April has is what March left.
    """
    calls.call("2026-03-10 10:00+00", "420111222333", 40)
    calls.move("B0001", date(2026, 3, 20))
    calls.call("2026-03-25 10:00+00", "420111222333", 80, "B0001")
    calls.call("2026-04-02 10:00+00", "420111222333", 90, "B0001")
    minute = Fraction(5, 100)
    assert calls.days("B0001") == {"2026-03-25": (1, Fraction(0)), "2026-04-02": (1, minute * 30 / 60)}

    calls.call("2026-03-12 10:00+00", "420111222333", 30)

    assert calls.days() == {"2026-03-10": (1, Fraction(0)), "2026-03-12": (1, Fraction(0))}
    assert calls.days("B0001") == {"2026-03-25": (1, minute * 30 / 60), "2026-04-02": (1, minute * 30 / 60)}
    assert calls.operator.findings() == []


def test_what_a_move_at_the_end_of_a_period_leaves_is_carried_over_on_the_other_account(calls: Calls):
    """February used 60 s of January; its own 60 s and those of March are left on the other account."""
    calls.call("2026-02-10 10:00+00", "420111222333", 60)
    calls.move("B0001", date(2026, 3, 1))
    calls.call("2026-03-25 10:00+00", "420111222333", 150, "B0001")

    assert calls.days("B0001") == {"2026-03-25": (1, Fraction(5, 100) * 30 / 60)}


def test_a_call_without_a_price_waits_with_its_reason_until_the_list_has_one(calls: Calls):
    calls.call("2026-01-05 10:00+00", "390612345", 60)
    (row,) = calls.operator.ask(lambda cursor: unrated_after(cursor, "", 9))
    assert (row.number, row.reason, row.records, row.accounts) == ("390612345", "no-price", 1, 1)
    assert calls.days() == {}

    italy = DestinationPrice(prefix="39", destination="Italy", prices=(Decimal("0.60"),))
    publish(calls.operator, msgspec.structs.replace(VOICE, rows=(*VOICE.rows, italy)))
    done = calls.operator.let_happen(TODAY)

    assert done.jobs == 2  # For both versions of the list.
    assert calls.days() == {"2026-01-05": (1, Fraction(60, 100))}
    assert calls.operator.ask(lambda cursor: unrated_after(cursor, "", 9)) == []


def test_another_price_list_posts_differences_only(calls: Calls):
    calls.call("2026-01-05 10:00+00", "420111222333", 660)
    calls.call("2026-01-06 10:00+00", "4930123456", 60)
    calls.operator.bill(date(2026, 2, 2))
    dearer = msgspec.structs.replace(GERMANY, prices=(Decimal("0.30"),))
    publish(calls.operator, msgspec.structs.replace(VOICE, rows=(CZECHIA, dearer)))
    found = calls.operator.application.rating_again().run(
        "voice", date(2026, 1, 1), origin_of_process("clerk", TODAY), silent
    )

    assert (found.accounts, found.changed) == (1, 1)
    assert [str(day.on) for day in calls.facts()[-1].days] == ["2026-01-06"]
    calls.operator.bill(date(2026, 3, 2))
    charges = calls.operator.select("SELECT amount FROM live.charges WHERE account = 'A0001' ORDER BY amount")
    assert [amount for (amount,) in charges] == [Decimal("0.05"), Decimal("0.75")]
    assert calls.operator.findings() == []


def test_every_record_behind_a_line_is_shown_with_its_amount(calls: Calls):
    """100 s, 60 of them free; 61 s to Germany are two minutes; a number without a price."""
    for at, number, seconds in (
        ("2026-01-06 10:00+00", "4930123456", 61),
        ("2026-01-05 10:00+00", "420111222333", 100),
        ("2026-01-07 10:00+00", "7", 10),
    ):
        calls.call(at, number, seconds)
    application = calls.operator.application
    with application.store.transaction() as transaction:
        account, _ = load_account(transaction, A)
        used = UsedComponent("main", "calls", date(2026, 1, 20))
        found = application.rating.itemise(transaction, account, used, application.models().tariffs())

    assert [(kept.number, rated.destination, rated.units, rated.free_units, rated.amount, rated.reason)
            for kept, rated in found] == [
        ("420111222333", "Czechia", 100, 60, Fraction(1, 30), ""),
        ("4930123456", "Germany", 120, 0, Fraction(1, 2), ""),
        ("7", "", 0, 0, 0, "no-price"),
    ]  # fmt: skip


def test_days_whose_records_were_purged_stay_as_they_were_rated_and_what_comes_late_for_them_is_listed(calls: Calls):
    """The records of January went. Those of 1 February are incomplete if the clock is ahead; later days are rated."""
    for on in ("01-05", "02-01", "02-02"):
        calls.call(f"2026-{on} 10:00+00", "4930123456", 60)
    calls.purge("2026-01")
    calls.operator.execute("DELETE FROM billing.usage_rows")

    calls.rate(date(2026, 1, 5), date(2026, 2, 1), date(2026, 2, 2))

    quarter = Fraction(1, 4)
    assert calls.days() == {"2026-01-05": (1, quarter), "2026-02-01": (1, quarter), "2026-02-02": (0, Fraction(0))}

    for _ in range(2):
        calls.rate(calls.keep("2026-02-01 11:00+00", "4930123456", 60))
    (left,) = calls.operator.ask(lambda cursor: unrated_after(cursor, "", 9))
    assert (left.price_list, left.reason, left.records) == ("voice", "purged", 1)


def test_what_comes_late_for_the_rest_of_a_partly_purged_period_is_rated_with_what_its_packages_have_left(calls: Calls):
    """Up to 1 February 100 of 120 free seconds were used; a call on 3 February has 20, then 40 s are paid.

    The records up to the end of January went. A call on the 2nd that comes still later has 15 of the 20 instead.
    """
    calls.operator.tell(ChangeBillingDay(account=A, billing_day=20), today=date(2026, 1, 1))
    calls.call("2026-01-25 10:00+00", "420111222333", 70)
    calls.call("2026-02-01 10:00+00", "420111222333", 30)
    calls.call("2026-03-01 10:00+00", "420111222333", 60)
    before = calls.days()
    calls.purge("2026-01")
    minute = Fraction(5, 100)

    calls.rate(calls.keep("2026-02-03 10:00+00", "420111222333", 60))
    assert calls.days() == before | {"2026-02-03": (1, minute * 40 / 60)}
    calls.rate(calls.keep("2026-02-02 10:00+00", "420111222333", 15))
    assert calls.days() == before | {"2026-02-02": (1, Fraction(0)), "2026-02-03": (1, minute * 55 / 60)}

    assert calls.operator.ask(lambda cursor: unrated_after(cursor, "", 9)) == []
    (february, _) = calls.operator.ask(lambda cursor: packages_of(cursor, A, date(2026, 2, 1)))
    assert (february.from_on, february.used) == (date(2026, 1, 20), 120)
    assert not [each for each in calls.operator.findings() if "rated" in each.invariant]


def test_a_partly_purged_period_stays_as_it_was_if_nobody_knows_what_is_left_of_its_packages(
    operator: Operator,
):
    """60 s for all were used up by both groups, so of the 30 national seconds some were of a later package."""
    both = (UnitPackage(code="all", units=60), UnitPackage(code="free", units=60, groups=("national",)))
    publish(operator, VOICE)
    operator.tell(PublishTariff(tariff=phone(*both)))
    operator.subscriber(A, tariff="phone")
    operator.tell(ChangeBillingDay(account=A, billing_day=20), today=date(2026, 1, 1))
    calls = Calls(operator)
    calls.call("2026-01-25 10:00+00", "4930123456", 60)
    calls.call("2026-01-26 10:00+00", "420111222333", 30)
    calls.call("2026-02-03 10:00+00", "420111222333", 60)
    calls.purge("2026-01")
    before = calls.days()

    calls.rate(calls.keep("2026-02-03 11:00+00", "420111222333", 60))

    assert calls.days() == before
    (left,) = calls.operator.ask(lambda cursor: unrated_after(cursor, "", 9))
    assert (left.reason, left.first_on, left.records) == ("purged", date(2026, 2, 3), 1)


def test_what_comes_late_leaves_the_list_of_what_has_no_price_as_it_was(calls: Calls):
    """On 1 February two records have no price, one of them in January of UTC; it goes, and two come late."""
    calls.call("2026-02-01 00:30+01", "7", 60)
    calls.call("2026-02-01 10:00+00", "8", 60)
    calls.purge("2026-01")

    for minute in (1, 2):
        calls.rate(calls.keep(f"2026-02-01 10:0{minute}+00", "4930123456", 60))

    left = calls.operator.ask(lambda cursor: unrated_after(cursor, "", 9))
    assert sorted((row.number, row.reason, row.records) for row in left) == [
        ("", "purged", 2), ("7", "no-price", 1), ("8", "no-price", 1),
    ]  # fmt: skip


def test_a_batch_of_two_periods_carries_over_what_the_first_of_them_leaves(calls: Calls):
    """In February 60 s of January are used, and 20 s of its own, which leaves 40 s: in March 100 s are free of 120."""
    calls.keep("2026-02-10 10:00+00", "420111222333", 80)
    calls.keep("2026-03-01 10:00+00", "420111222333", 120)
    calls.rate(date(2026, 3, 1), date(2026, 2, 10))

    assert calls.days()["2026-03-01"] == (1, Fraction(20, 60) * Fraction(5, 100))
