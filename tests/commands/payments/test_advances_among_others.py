"""Tax documents on advances leave the dates of invoices alone, and are kept as invoices are."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.views.advances import PrintAdvanceDocument
from adapters.views.query import Reading, queries
from commands.forgetting import ForgetCustomer
from commands.payments.giving_back import PayOut
from commands.services.status import TerminateSubscription
from projections.documents import Choice, list_documents
from tests.commands.payments.test_advances import DUE_ON, LATER, draw_up, pay_in_advance
from tests.operators import Operator


def printed(operator: Operator, on: date) -> bytes:
    asked = PrintAdvanceDocument(account="A0001", document="9000000001")
    content = queries()[PrintAdvanceDocument](asked, Reading(operator.application, operator.application.queries, on))
    return bytes(content.content)


def test_a_run_may_be_dated_before_documents_on_advances(operator: Operator):
    pay_in_advance(operator)
    assert draw_up(operator, DUE_ON).issued == 1

    assert operator.bill(date(2026, 1, 2)).invoices == 1

    (invoice,) = operator.ask(list_documents, Choice(today=DUE_ON), 9)
    assert invoice.issued_on == date(2026, 1, 1) < DUE_ON


def test_a_document_of_a_customer_who_was_forgotten_is_printed_as_long_as_it_is_kept(operator: Operator):
    pay_in_advance(operator)
    draw_up(operator, DUE_ON)
    before = printed(operator, LATER)
    operator.tell(TerminateSubscription(account="A0001", subscription="main", on=date(2026, 1, 2), reason="moves"),
                  today=LATER)  # fmt: skip
    operator.bill(date(2026, 2, 1), today=LATER)
    operator.tell(PayOut(account="A0001", reason="moves", confirmed=True), today=LATER)
    operator.tell(ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked"), today=LATER)

    assert printed(operator, LATER) == before
    assert printed(operator, LATER + timedelta(days=366 * 30)) != before
