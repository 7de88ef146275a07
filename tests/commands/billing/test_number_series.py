"""A seller has number series for the kinds of document that it issues; a missing one stops only who needs it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.accounts.account import apply_account
from billing_core.accounts.plans import USUAL_PLAN
from billing_core.billing.composition import DocumentsDue
from billing_core.kernel.errors import AlreadyExists, RuleViolation
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, NumberSeriesOpened, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.party_changes import AddressChanges, SellerChanges
from billing_core.time.due_dates import WorkingDayAfterIssue
from commands.accounts import ChangeBillingPlan
from commands.billing.account import BillAccount
from commands.billing.numbers import issue_for
from commands.parties import ChangeSeller, OpenNumberSeries, RegisterSeller
from commands.platform.ports import Append, ClaimTaken, Transaction
from commands.services import TerminateSubscription
from projections.billing import INVARIANTS, documents_after, documents_of
from projections.platform.runner import LIVE_SCHEMA
from tests.operators import Operator

SMALL: dict[SeriesKind, NumberSeries] = {"invoice": NumberSeries(prefix="26", width=4)}


def test_an_account_whose_document_has_no_series_is_parked_until_one_is_opened(operator: Operator):
    """The credit note for 15 to 28 February; the other account's invoice is issued all the same."""
    invoices: dict[SeriesKind, NumberSeries] = {"invoice": NumberSeries(prefix="2", width=9)}
    operator.tell(
        RegisterSeller(seller=Seller(code="south", name="South", address=Address(), series=invoices, time_zone="UTC"))
    )
    leaving, staying = operator.subscribers(2, seller="south", since=date(2026, 2, 1))
    operator.bill(date(2026, 2, 2))
    operator.tell(
        TerminateSubscription(reason="moves away", account=leaving, subscription="main", on=date(2026, 2, 15))
    )

    totals = operator.bill(date(2026, 3, 2))

    reason = (
        "document 'credit-note': seller south has no number series for this kind of document; open one with "
        "`open-number-series`"
    )
    assert (totals.invoices, totals.credit_notes, totals.parked) == (1, 0, {leaving: reason})
    with pytest.raises(RuleViolation, match="open-number-series"):
        operator.tell(BillAccount(account=leaving), today=date(2026, 3, 2))
    operator.tell(
        OpenNumberSeries(seller="south", kind="credit-note", series=NumberSeries(prefix="6", width=9)),
        today=date(2026, 3, 2),
    )

    totals = operator.bill(date(2026, 3, 2))
    assert (totals.credit_notes, totals.parked) == (1, {})
    assert sorted(row.number for row in operator.ask(documents_after, "")) == [
        "2000000001", "2000000002", "2000000003", "6000000001",
    ]  # fmt: skip
    assert staying in {row.account for row in operator.ask(documents_after, "")}
    assert operator.findings() == []


def small_seller(operator: Operator, country: str = "") -> None:
    """The seller `south`, whose series has 9,999 numbers."""
    seller = Seller(code="south", name="South", address=Address(country=country), series=SMALL, time_zone="UTC")
    operator.tell(RegisterSeller(seller=seller), today=date(2026, 1, 1))


def change_country(operator: Operator, country: str, today: date) -> None:
    changes = SellerChanges(address=AddressChanges(country=country))
    operator.tell(ChangeSeller(code="south", changes=changes), today=today)


def use_up(operator: Operator, seller: str, last_number: int) -> None:
    """As if so many invoices of the seller had been issued."""
    statement = "INSERT INTO billing.number_series VALUES (%s, 'invoice', %s, '2026-01-01')"
    assert operator.execute(statement, seller, last_number) == 1


def test_an_account_for_whose_invoice_the_series_has_no_number_is_parked_until_the_next_one_is_opened(
    operator: Operator,
):
    """One number is left, 269999; without the refusal the next would be 2610000, which another series may have."""
    small_seller(operator)
    use_up(operator, "south", 9_998)
    first, second, third = operator.subscribers(3, seller="south")
    next_one = OpenNumberSeries(seller="south", kind="invoice", series=NumberSeries(prefix="27", width=4))
    with pytest.raises(AlreadyExists, match="its numbers continue until they are used up"):
        operator.tell(next_one)

    preview, totals = operator.preview(date(2026, 1, 2)), operator.bill(date(2026, 1, 2))

    reason = (
        "document 'invoice': seller south has used up the numbers of its series with the prefix 26 and the width 4; "
        "open the next one with `open-number-series`"
    )
    assert totals.invoices == 1
    assert preview.parked == totals.parked == {second: reason, third: reason}
    assert [row.number for row in operator.ask(documents_of, first)] == ["269999"]
    with pytest.raises(RuleViolation, match="has used up the numbers"):
        operator.tell(BillAccount(account=third), today=date(2026, 1, 2))
    operator.tell(next_one, today=date(2026, 1, 2))
    assert operator.bill(date(2026, 1, 2)).invoices == 2
    numbers = [row.number for account in (second, third) for row in operator.ask(documents_of, account)]
    assert numbers == ["270001", "270002"]


def test_the_invariants_of_numbers_hold_over_a_change_of_series(operator: Operator):
    """The series after a single invoice, for it takes long to issue thousands; its prefix is lower than the first."""
    small_seller(operator)
    first, second, third = operator.subscribers(3, seller="south")
    operator.tell(BillAccount(account=first), today=date(2026, 1, 1))
    following = NumberSeries(prefix="25", width=4, numbers_before=1)
    opened = NumberSeriesOpened(effective_on=date(2026, 1, 2), seller="south", kind="invoice", series=following)
    with operator.application.store.transaction() as transaction:
        transaction.append([Append("seller/south", 1, [opened])], [], origin_of_process("clerk"))
    for account, day in ((second, 2), (third, 3)):
        operator.tell(BillAccount(account=account), today=date(2026, 1, day))

    assert [row.number for row in operator.ask(documents_after, "")] == ["250001", "250002", "260001"]
    assert operator.findings() == []
    operator.execute("UPDATE billing.number_series SET last_number = 4 WHERE seller = 'south'")
    broken = {finding.invariant: finding.offenders for finding in operator.findings()}
    assert broken["document numbers have no gap"] == ["south invoice, numbers taken"]


YEARLY: dict[SeriesKind, NumberSeries] = {
    "invoice": NumberSeries(prefix="YY1", width=5), "credit-note": NumberSeries(prefix="YY5", width=5)
}  # fmt: skip


def yearly_seller(operator: Operator) -> None:
    """The seller `south`, whose numbers begin again with each year."""
    seller = Seller(code="south", name="South", address=Address(), series=YEARLY, time_zone="UTC")
    operator.tell(RegisterSeller(seller=seller), today=date(2026, 12, 1))


def test_numbers_with_the_year_begin_again_with_the_first_document_of_it(operator: Operator):
    yearly_seller(operator)
    first, second = operator.subscribers(2, seller="south", since=date(2026, 12, 1))
    operator.bill(date(2027, 1, 1))
    on_new_years_day = operator.bill(date(2027, 1, 2))
    leaves = TerminateSubscription(reason="moves away", account=second, subscription="main", on=date(2027, 1, 15))
    operator.tell(leaves, today=date(2027, 1, 20))

    totals = operator.bill(date(2027, 2, 2))

    assert (on_new_years_day.invoices, totals.invoices, totals.credit_notes) == (2, 1, 1)
    issued = sorted((row.issued_on, row.number) for row in operator.ask(documents_after, ""))
    assert issued == [
        (date(2026, 12, 31), "26100001"), (date(2026, 12, 31), "26100002"), (date(2027, 1, 1), "27100001"),
        (date(2027, 1, 1), "27100002"), (date(2027, 2, 1), "27100003"), (date(2027, 2, 1), "27500001"),
    ]  # fmt: skip
    assert {row.account for row in operator.ask(documents_of, first)} == {first}
    assert operator.findings() == []


def test_a_series_with_the_year_has_no_number_before_its_first_document(operator: Operator):
    """South's numbers begin with 26 and 1; those of west will begin with 26 and 2, of which 2 is no part of a year."""
    yearly_seller(operator)
    series: dict[SeriesKind, NumberSeries] = {
        "invoice": NumberSeries(prefix="YY2", width=5), "credit-note": NumberSeries(prefix="YY6", width=5)
    }  # fmt: skip
    west = Seller(code="west", name="West", address=Address(), series=series, time_zone="UTC")
    operator.tell(RegisterSeller(seller=west), today=date(2026, 12, 1))
    operator.subscribers(1, seller="south", since=date(2026, 12, 1))
    operator.bill(date(2027, 1, 1))

    assert operator.findings() == []


def test_a_gap_in_the_numbers_of_a_year_is_named(operator: Operator):
    yearly_seller(operator)
    operator.subscribers(2, seller="south", since=date(2026, 12, 1))
    operator.bill(date(2027, 1, 1))
    operator.bill(date(2027, 1, 2))
    taken, issued = "UPDATE billing.number_series SET", "UPDATE live.documents SET"
    assert gaps(operator) == []
    for broken, mended, offender in (
        (f"{taken} last_number = 5", f"{taken} last_number = 4", "numbers taken"),
        (f"{taken} numbers_before_year = 1", f"{taken} numbers_before_year = 2", "numbers taken"),
        (f"{issued} number = '27100009' WHERE number = '27100002'",
         f"{issued} number = '27100002' WHERE number = '27100009'", "documents issued"),
        (f"{issued} issued_on = '2026-12-31'", "", "documents issued"),
    ):  # fmt: skip
        operator.execute(broken)
        assert gaps(operator) == [f"south invoice, {offender}"], broken
        if mended:
            operator.execute(mended)


def gaps(operator: Operator) -> list[str]:
    """What the invariant finds in the tables as they are."""
    operator.application.runner.catch_up()
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        return [found for (found,) in cursor.execute(INVARIANTS["document numbers have no gap"])]


@pytest.mark.parametrize("series", [("261", 5), ("26", 6), ("2", 7), ("YYYY", 4), ("1YY", 5)])
def test_a_series_that_could_give_the_same_number_in_some_year_is_found(series: tuple[str, int]):
    mine, (prefix, width) = YEARLY["invoice"], series

    assert len(prefix) + width == len(mine.prefix) + mine.width, "numbers of as many digits"
    assert mine.could_share(prefix)


@pytest.mark.parametrize("prefix", ["262", "YY2", "1Y2"])
def test_a_series_that_gives_the_same_number_in_no_year_is_not_found(prefix: str):
    assert not YEARLY["invoice"].could_share(prefix)


def test_two_sellers_do_not_get_series_that_could_give_one_number_in_some_year(operator: Operator):
    yearly_seller(operator)
    for prefix in ("261", "YY12", "1YY"):  # In 2011 the last one would give 11100001, as the other's does.
        with pytest.raises(AlreadyExists, match="another series has numbers with this beginning"):
            operator.tell(RegisterSeller(seller=west(NumberSeries(prefix=prefix, width=8 - len(prefix)))))

    assert operator.tell(RegisterSeller(seller=west(NumberSeries(prefix="YY2", width=5)))).position > 0


def west(series: NumberSeries) -> Seller:
    return Seller(code="west", name="West", address=Address(), series={"invoice": series}, time_zone="UTC")


class AsReadBefore:
    """A transaction that has read the date of the last document before somebody else issued the first of a year."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def last_issued_on(self, seller: str) -> date:
        return date(2026, 12, 31)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)


def test_no_number_of_the_year_before_is_on_a_document_of_the_year_that_somebody_else_began(operator: Operator):
    yearly_seller(operator)
    account = operator.subscriber(seller="south", since=date(2026, 12, 1))
    store = operator.application.store
    with store.transaction() as transaction:
        transaction.take_numbers("south", "credit-note", 1, date(2027, 1, 1))
        transaction.append([], [], origin_of_process("clerk"))
    both = DocumentsDue(invoices=(cast(Any, None),), credit_notes={"": cast(Any, None)})

    with store.transaction() as transaction:
        state, _ = transaction.load(f"account/{account}", apply_account)
        assert state is not None
        late = cast(Transaction, AsReadBefore(transaction))
        with pytest.raises(ClaimTaken, match="another year of numbers began"):
            issue_for(state, late, date(2026, 12, 31), both)


def test_a_number_that_is_taken_stops_only_the_accounts_that_would_get_it(operator: Operator):
    """Not the run: the account that gets the number before it is billed."""
    first, second, third = operator.subscribers(3)
    statement = "INSERT INTO billing.claims VALUES ('invoice', '1000000002', 'account/elsewhere', '')"
    assert operator.execute(statement) == 1

    totals = operator.bill(date(2026, 1, 2))

    assert (totals.invoices, sorted(totals.parked)) == (1, [second, third])
    assert [row.number for row in operator.ask(documents_of, first)] == ["1000000001"]


def test_an_account_whose_due_date_cannot_be_found_is_parked_and_the_others_are_billed(operator: Operator):
    """Its plan counts working days, and the seller has given up the country in whose holidays they are counted."""
    small_seller(operator, "LV")
    counting, other = operator.subscribers(2, seller="south")
    plan = msgspec.structs.replace(USUAL_PLAN, due_rule=WorkingDayAfterIssue(number=10))
    operator.tell(ChangeBillingPlan(account=counting, plan=plan), today=date(2026, 1, 1))
    change_country(operator, "", date(2026, 1, 1))

    preview, totals = operator.preview(date(2026, 1, 2)), operator.bill(date(2026, 1, 2))

    assert (totals.invoices, list(totals.parked)) == (1, [counting])
    assert "has no known holidays, so its working days cannot be counted" in totals.parked[counting]
    assert preview == totals
    assert [row.number for row in operator.ask(documents_of, other)] == ["260001"]
    change_country(operator, "LV", date(2026, 1, 2))
    assert operator.bill(date(2026, 1, 2)).invoices == 1
    assert operator.findings() == []
