"""Items go to an agency by a file, and what it collects comes back as payments; what is given up has its VAT."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.collection import ImportAgencyPayments, import_agency_payments
from billing_core.dunning.collection import AgencyFeeNoted
from billing_core.dunning.limitation import LimitationTerm
from billing_core.kernel.errors import Conflict, NotFound, RuleViolation
from commands.collection.agencies import DrawUpCollectionBatch, HandItemsToCollection, TakeBackFromCollection
from commands.collection.agency_payments import BookAgencyPayment
from commands.collection.limitation import RenewLimitation, SetLimitationTerm
from commands.dunning.stops import DisputeItem, EndDispute
from commands.payments.giving_back import CancelWriteOff, WriteOffInvoice
from commands.platform.progress import Progress
from projections.collection.batches import items_of_batch
from projections.collection.items import Collected, collected_after
from projections.collection.limitation import lapsing_items
from projections.collection.write_offs import write_offs_between
from tests.commands.collection.debtors import A, B, owed, set_up_debts
from tests.operators import Operator, eur, silent

ON, NEXT_ON = date(2026, 3, 10), date(2026, 3, 11)


@pytest.fixture(autouse=True)
def debts(operator: Operator) -> None:
    set_up_debts(operator, A, B)


def hand(operator: Operator, account: str = A, on: date = ON) -> None:
    invoice = owed(operator, account)
    operator.tell(HandItemsToCollection(account=account, invoices=(invoice,), agency="rapid"), today=on)


def draw_up(operator: Operator, on: date) -> list[str]:
    """The accounts on the next file."""
    number = operator.tell(DrawUpCollectionBatch(agency="rapid"), today=on).result["batch"]
    found = operator.ask(items_of_batch, "rapid", number)
    assert found is not None
    return [item.account for item in found[1]]


def book(operator: Operator, **details: Any) -> dict[str, Any]:
    words: dict[str, Any] = {
        "agency": "rapid", "account": A, "invoice": owed(operator), "amount": Decimal("10.00"), "reference": "17",
        "fee": Decimal("2.00"),
    }  # fmt: skip
    words |= details
    return operator.tell(BookAgencyPayment(**words), today=NEXT_ON).result


def test_a_file_has_what_was_handed_over_since_the_last_one_and_is_still_to_be_collected(operator: Operator):
    hand(operator)
    assert draw_up(operator, ON) == [A]
    with pytest.raises(RuleViolation, match="nothing since its last file"):
        draw_up(operator, ON)

    hand(operator, B)  # On the day of the last file.
    assert draw_up(operator, NEXT_ON) == [B]
    operator.tell(TakeBackFromCollection(account=B, invoices=(owed(operator, B),), reason="pays"), today=NEXT_ON)
    hand(operator, B, on=NEXT_ON)
    operator.tell(TakeBackFromCollection(account=B, invoices=(owed(operator, B),), reason="pays"), today=NEXT_ON)
    with pytest.raises(RuleViolation, match="nothing since its last file"):
        draw_up(operator, NEXT_ON)
    assert operator.findings() == []


def test_an_item_is_handed_to_an_agency_once_a_day(operator: Operator):
    hand(operator)
    operator.tell(TakeBackFromCollection(account=A, invoices=(owed(operator),), reason="pays"), today=ON)
    with pytest.raises(RuleViolation, match="hand it over tomorrow"):
        hand(operator)
    hand(operator, on=NEXT_ON)
    with pytest.raises(NotFound, match="no such collection agency"):
        operator.tell(HandItemsToCollection(account=B, invoices=(owed(operator, B),), agency="none"), today=ON)


def test_an_item_that_is_disputed_is_handed_to_nobody(operator: Operator):
    invoice = owed(operator)
    operator.tell(DisputeItem(account=A, invoice=invoice, reason="wrong amount"), today=ON)
    with pytest.raises(RuleViolation, match=r"is disputed since 2026-03-10 \(wrong amount\), so no agency collects it"):
        hand(operator)
    operator.tell(EndDispute(account=A, invoice=invoice, outcome="right"), today=ON)
    hand(operator)
    assert draw_up(operator, ON) == [A]


def test_an_item_that_is_disputed_after_it_was_handed_over_stands_on_the_first_file_after_the_dispute(
    operator: Operator,
):
    hand(operator)
    hand(operator, B)
    invoice = owed(operator)
    operator.tell(DisputeItem(account=A, invoice=invoice, reason="wrong amount"), today=ON)
    assert draw_up(operator, ON) == [B]
    with pytest.raises(RuleViolation, match="nothing since its last file but 1 that are disputed, promised or paused"):
        draw_up(operator, NEXT_ON)

    later = NEXT_ON + timedelta(days=20)
    operator.tell(EndDispute(account=A, invoice=invoice, outcome="right"), today=later)
    assert draw_up(operator, later) == [A]
    with pytest.raises(RuleViolation, match=r"nothing since its last file$"):
        draw_up(operator, later + timedelta(days=1))
    assert operator.findings() == []


def test_an_item_that_was_handed_over_twice_between_two_files_stands_on_one(operator: Operator):
    hand(operator)
    assert draw_up(operator, ON) == [A]
    hand(operator, B)
    operator.tell(TakeBackFromCollection(account=B, invoices=(owed(operator, B),), reason="pays"), today=ON)
    hand(operator, B, on=NEXT_ON)
    assert draw_up(operator, NEXT_ON) == [B]
    with pytest.raises(RuleViolation, match="nothing since its last file"):
        draw_up(operator, NEXT_ON)


def test_a_fee_above_the_payment_is_refused_and_another_fee_of_a_payment_corrects_it(operator: Operator):
    hand(operator)
    with pytest.raises(RuleViolation, match=r"is more than the 10\.00 EUR that were paid"):
        book(operator, fee=Decimal("10.01"))
    assert operator.account(A).ledger.balance == eur("-24.00")

    def fees() -> tuple[Any, Any]:
        (row,) = operator.ask(collected_after, Collected(agency="rapid"), "", 9)
        return row.open, row.fees

    book(operator, fee=Decimal("0.00"))
    assert fees() == (eur("14.00"), eur("0.00"))
    for fee, known in (("3.00", False), ("3.00", True), ("2.00", False)):
        assert book(operator, fee=Decimal(fee))["known"] is known
        assert fees() == (eur("14.00"), eur(fee))
    with pytest.raises(RuleViolation, match="that were paid"):
        book(operator, fee=Decimal("10.01"))
    assert book(operator, fee=Decimal(0))["known"] is False
    assert fees() == (eur("14.00"), eur("0.00"))
    assert operator.findings() == []


def test_what_the_agency_collects_is_a_payment_once_and_its_fee_is_the_houses(operator: Operator):
    hand(operator)
    invoice = owed(operator)
    assert book(operator) == {"payment": "agency/rapid:17", "known": False}
    assert book(operator) == {"payment": "agency/rapid:17", "known": True}
    with pytest.raises(Conflict):
        book(operator, amount=Decimal("11.00"))

    assert operator.account(A).ledger.open_items[invoice].amount == eur("14.00")
    fees = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, AgencyFeeNoted)]
    assert [(fee.invoice, fee.fee) for fee in fees] == [(invoice, eur("2.00"))]
    (row,) = operator.ask(collected_after, Collected(agency="rapid"), "", 9)
    assert (row.account, row.handed, row.open, row.fees) == (A, eur("24.00"), eur("14.00"), eur("2.00"))
    assert operator.ask(collected_after, Collected(agency="rapid"), row.key, 9) == []


def test_a_payment_on_an_item_that_the_agency_does_not_have_is_refused(operator: Operator):
    with pytest.raises(NotFound, match="no agency collects"):
        book(operator)


def test_bad_rows_of_an_agencys_file_are_data_and_the_same_file_again_changes_nothing(
    operator: Operator, tmp_path: Path
):
    hand(operator)
    file = tmp_path / "paid.csv"
    file.write_text(
        "account,invoice,amount,fee,reference,received_on\n"
        f"{A},{owed(operator)},10.00,2.00,17,2026-03-10\n"
        f"{B},{owed(operator, B)},10.00,,18,2026-03-10\n"
        f"{A},{owed(operator)},ten,,19,2026-03-10\n"
        f"{A},{owed(operator)},5.00,,20,10.3.2026\n"
        f"{A},{owed(operator)},5.00,,21,\n"
    )
    first, again = (take_in(operator, file) for _ in range(2))

    assert (first.accepted, first.unchanged, [row.line for row in first.rejected]) == (2, 0, [3, 4, 5])
    assert (again.accepted, again.unchanged) == (0, 2)
    assert operator.account(A).ledger.balance == eur("-9.00")


def take_in(operator: Operator, file: Path) -> Any:
    @contextmanager
    def watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
        yield silent

    work = Work(operator.application, origin_of_process("clerk", NEXT_ON), watch, datetime.now(UTC), file)
    return import_agency_payments(ImportAgencyPayments(agency="rapid"), work)


def test_what_is_written_off_is_listed_by_month_with_its_vat_and_negative_when_it_is_cancelled(operator: Operator):
    invoice = owed(operator)
    words: dict[str, Any] = {"account": A, "invoice": invoice, "reason": "cannot be found"}
    operator.tell(WriteOffInvoice(**words, amount=Decimal("10.00"), law="§ 46"), today=ON)
    operator.tell(WriteOffInvoice(**words, amount=Decimal("14.00"), law="§ 46"), today=NEXT_ON)
    rows = operator.ask(write_offs_between, date(2026, 3, 1), date(2026, 4, 1))
    assert [(row.vat_rate, row.base, row.vat, row.law) for row in rows] == [
        ("20", eur("8.33"), eur("1.67"), "§ 46"), ("20", eur("11.67"), eur("2.33"), "§ 46"),
    ]  # fmt: skip

    operator.tell(CancelWriteOff(account=A, invoice=invoice, reason="was found"), today=date(2026, 4, 2))
    (row,) = operator.ask(write_offs_between, date(2026, 4, 1), date(2026, 5, 1))
    assert (row.seller, row.customer, row.base, row.vat, row.reason) == (
        "north", A, eur("-20.00"), eur("-4.00"), "was found",
    )  # fmt: skip
    assert operator.ask(write_offs_between, date(2026, 4, 1), date(2026, 5, 1), "south") == []


def test_an_item_lapses_by_the_term_of_its_seller_and_an_acknowledgement_renews_it(operator: Operator):
    assert operator.ask(lapsing_items, date(2090, 1, 1), 10) == []  # The term of the seller's country is not known.
    operator.tell(SetLimitationTerm(seller="north", term=LimitationTerm(years=3, years_acknowledged=10)), today=ON)
    found = operator.ask(lapsing_items, date(2029, 1, 16), 10)
    assert [(row.account, row.lapses_on) for row in found] == [(A, date(2029, 1, 16)), (B, date(2029, 1, 16))]
    assert operator.ask(lapsing_items, date(2029, 1, 15), 10) == []
    assert operator.ask(lapsing_items, date(2029, 1, 16), 1) == found[:1]
    assert operator.ask(lapsing_items, date(2029, 1, 16), 10, found[0].key) == found[1:]

    renewal = RenewLimitation(account=A, invoice=owed(operator), how="filed", reference="12 C 34/2026")
    operator.tell(renewal, today=ON)
    assert [row.account for row in operator.ask(lapsing_items, date(2040, 1, 1), 10)] == [B]
    operator.tell(msgspec.structs.replace(renewal, how="acknowledged"), today=NEXT_ON)
    (late,) = [row for row in operator.ask(lapsing_items, date(2036, 4, 30), 10) if row.account == A]
    assert (late.renewed_on, late.lapses_on) == (NEXT_ON, NEXT_ON.replace(year=2036) + timedelta(days=1))
    assert [row.account for row in operator.ask(lapsing_items, NEXT_ON.replace(year=2036), 10)] == [B]
