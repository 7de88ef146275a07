"""Tax documents on advances: issued, corrected by a refund in the same transaction, printed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from adapters.bootstrap.advance_run import AdvanceRun
from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.advances import DrawUpAdvances, draw_up_advances
from adapters.views.advances import PrintAdvanceDocument
from adapters.views.query import Reading, queries
from billing_core.parties.number_series import NumberSeries
from billing_core.payments.advances import LESS_UNUSED, AdvanceCorrected, AdvanceTerms
from billing_core.payments.events import PaymentRefunded
from commands.parties import OpenNumberSeries
from commands.payments.account import ReceivePayment
from commands.payments.advances import SetAdvanceTerms, TaxAdvances, handle_tax
from commands.payments.giving_back import PayOut, RefundPayment, handle_refund
from commands.platform.progress import Progress
from projections.advances import WantedAdvances, advance_documents
from tests.operators import Operator, eur, silent, wait_until_held_up

PAID_ON, DUE_ON, LATER = date(2026, 1, 1), date(2026, 1, 11), date(2026, 2, 20)
PAYMENT = "desk-H1:1"


def draw_up(operator: Operator, on: date, *, is_dry_run: bool = False) -> AdvanceRun:
    @contextmanager
    def watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
        yield silent

    origin = origin_of_process("clerk", on)
    work = Work(operator.application, origin, watch, datetime.now(UTC), is_dry_run=is_dry_run)
    return draw_up_advances(DrawUpAdvances(), work)


def documents(operator: Operator) -> list[tuple[str, str, str, str]]:
    rows = operator.ask(advance_documents, WantedAdvances(), "", 100)
    return [(row.number, row.corrects, f"{row.gross.amount:f}", f"{row.vat.amount:f}") for row in reversed(rows)]


def pay_in_advance(operator: Operator) -> None:
    """500.00 on 1 January, and a seller who issues tax documents on advances after 10 days."""
    operator.subscribers(1)
    series = NumberSeries(prefix="9", width=9)
    operator.tell(OpenNumberSeries(seller="north", kind="advance", series=series), today=PAID_ON)
    terms = AdvanceTerms(vat_rate=Decimal(21), after_days=10)
    operator.tell(SetAdvanceTerms(seller="north", terms=terms), today=PAID_ON)
    operator.tell(ReceivePayment(account="A0001", source="desk-H1", reference="1", amount=eur("500.00"),
                                 received_on=PAID_ON, method="cash"), today=PAID_ON)  # fmt: skip


def test_unused_money_is_taxed_once_and_corrected_when_it_is_used_refunded_or_paid_out(operator: Operator):
    pay_in_advance(operator)
    early, dry = draw_up(operator, date(2026, 1, 10)), draw_up(operator, DUE_ON, is_dry_run=True)
    assert (early.issued, dry.issued, documents(operator)) == (0, 1, [])

    assert draw_up(operator, DUE_ON).issued == 1
    assert draw_up(operator, DUE_ON) == AdvanceRun()
    operator.bill(date(2026, 1, 2), today=DUE_ON)
    after = draw_up(operator, DUE_ON)

    assert (after.issued, after.corrected, after.refused) == (0, 1, [])
    assert documents(operator) == [
        ("9000000001", "", "500.00", "86.78"),
        ("9000000002", "9000000001", "-24.00", "-4.17"),
    ]
    operator.tell(RefundPayment(account="A0001", payment=PAYMENT, reason="moved away", amount=Decimal("76.00"),
                                confirmed=True), today=LATER)  # fmt: skip
    (fact,) = [each for each in operator.facts("account/A0001") if isinstance(each, PaymentRefunded)]
    assert fact.tax_document == "9000000003"
    operator.tell(PayOut(account="A0001", reason="moved away", confirmed=True), today=LATER)
    assert [gross for *_, gross, _ in documents(operator)] == ["500.00", "-24.00", "-76.00", "-400.00"]
    assert sum(Decimal(vat) for *_, vat in documents(operator)) == 0
    assert draw_up(operator, LATER) == AdvanceRun()
    assert operator.findings() == []
    asked = PrintAdvanceDocument(account="A0001", document="9000000002")
    reading = Reading(operator.application, operator.application.queries, LATER)
    paper, again = (queries()[PrintAdvanceDocument](asked, reading).content for _ in range(2))
    assert paper[:5] == b"%PDF-"
    assert paper == again


REFUND = RefundPayment(
    account="A0001", payment=PAYMENT, reason="moved away", amount=Decimal("76.00"), confirmed=True
)  # fmt: skip


def refunded(operator: Operator) -> PaymentRefunded:
    (fact,) = [each for each in operator.facts("account/A0001") if isinstance(each, PaymentRefunded)]
    return fact


def corrections(operator: Operator) -> list[tuple[str, str, str]]:
    facts = operator.facts("advances/A0001")
    found = [each for each in facts if isinstance(each, AdvanceCorrected)]
    return [(each.number, f"{each.gross.amount:f}", each.reason) for each in found]


def test_a_refund_corrects_what_it_takes_and_leaves_to_draw_up_what_an_invoice_used_before(operator: Operator):
    pay_in_advance(operator)
    draw_up(operator, DUE_ON)
    operator.bill(date(2026, 1, 2), today=DUE_ON)

    operator.tell(REFUND, today=LATER)

    assert refunded(operator).tax_document == "9000000002"
    assert corrections(operator) == [("9000000002", "-76.00", "moved away")]
    draw_up(operator, LATER)
    assert corrections(operator)[1:] == [("9000000003", "-24.00", LESS_UNUSED)]
    assert draw_up(operator, LATER) == AdvanceRun()


def test_a_refund_while_documents_are_drawn_up_corrects_the_one_that_was_just_issued(operator: Operator):
    pay_in_advance(operator)
    origin = origin_of_process("clerk", DUE_ON)
    with ThreadPoolExecutor(1) as threads:
        with operator.application.store.transaction() as transaction:
            decision = handle_tax(TaxAdvances(account="A0001"), transaction, origin)
            refund = threads.submit(operator.tell, REFUND, today=DUE_ON)
            wait_until_held_up(operator)
            transaction.append(decision.appends, (), origin)
        refund.result(30)

    assert refunded(operator).tax_document == "9000000002"
    assert [gross for *_, gross, _ in documents(operator)] == ["500.00", "-76.00"]


def test_what_is_refunded_while_documents_are_drawn_up_gets_none(operator: Operator):
    pay_in_advance(operator)
    origin = origin_of_process("clerk", DUE_ON)
    with ThreadPoolExecutor(1) as threads:
        with operator.application.store.transaction() as transaction:
            decision = handle_refund(REFUND, transaction, origin)
            drawn_up = threads.submit(operator.tell, TaxAdvances(account="A0001"), today=DUE_ON)
            wait_until_held_up(operator)
            transaction.append(decision.appends, (), origin)
        drawn_up.result(30)

    assert [gross for *_, gross, _ in documents(operator)] == ["424.00"]
