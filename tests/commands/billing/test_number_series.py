"""A seller has number series for the kinds of document that it issues; a missing one stops only who needs it."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import RuleViolation
from billing_core.parties import Address, NumberSeries, Seller, SeriesKind
from commands.billing.account import BillAccount
from commands.parties import OpenNumberSeries, RegisterSeller
from commands.services import TerminateSubscription
from projections.billing import list_documents
from tests.operators import Operator


def test_an_account_whose_document_has_no_series_is_parked_until_one_is_opened(operator: Operator):
    """The credit note for 15 to 28 February; the other account's invoice is issued all the same."""
    invoices: dict[SeriesKind, NumberSeries] = {"invoice": NumberSeries(prefix="2", width=9)}
    operator.tell(
        RegisterSeller(seller=Seller(code="south", name="South", address=Address(), series=invoices, time_zone="UTC"))
    )
    leaving, staying = operator.subscribers(2, seller="south", since=date(2026, 2, 1))
    operator.bill(date(2026, 2, 2))
    operator.tell(TerminateSubscription(account=leaving, subscription="main", on=date(2026, 2, 15)))

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
    assert sorted(row.number for row in operator.ask(list_documents, 10)) == [
        "2000000001", "2000000002", "2000000003", "6000000001",
    ]  # fmt: skip
    assert staying in {row.account for row in operator.ask(list_documents, 10)}
    assert operator.findings() == []
