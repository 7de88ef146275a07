"""Income and statements of account in pages, seen, printed and as tables."""

from __future__ import annotations

from datetime import date

from tests.adapters.pages.conftest import SignedIn
from tests.operators import Operator, bank_row


def test_income_and_a_statement_are_shown_printed_and_saved(signed_in: SignedIn, operator: Operator):
    operator.subscriber()
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "24.00", "A0001", payer="Ona")])
    operator.application.runner.catch_up()
    clerk = signed_in("petra", "administrator")

    page = clerk.get("/income?by=method&from=2026-01-01").text
    assert "transfer" in page and "24.00" in page
    table = clerk.get("/income?by=day&from=2026-01-01&form=csv").text
    assert "2026-01-20" in table and "24.00" in table

    shown = clerk.get("/accounts/A0001/statement?from=2026-01-01&to=2026-01-31").text
    assert "Opening balance" in shown and "Payment bank:R00002" in shown
    printed = clerk.get("/accounts/A0001/statement/pdf?from=2026-01-01&to=2026-01-31")
    assert printed.headers["content-type"] == "application/pdf" and printed.content.startswith(b"%PDF-")
    assert "closing" in clerk.get("/accounts/A0001/statement/csv").text
    assert "Ona" in clerk.get(f"/customers/{operator.account('A0001').customer}/payers").text
