"""Direct debit in pages: a mandate is recorded, debits are drawn up, frozen, saved, sent, answered and closed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from adapters.bootstrap.job_runner import JobRunner
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_contracts import sent
from tests.adapters.pages.test_frame import form_fields
from tests.commands.direct_debit.payers import A, mandate_now, set_up_payers
from tests.operators import Operator, silent

BATCH = "/debits/batches/north-1"


def test_a_batch_goes_from_the_mandate_to_its_end(operator: Operator, signed_in: SignedIn) -> None:
    operator.open_business()
    set_up_payers(operator)
    operator.subscriber(A, until=date(2026, 2, 1), billing_day=1, due_days=14)
    operator.bill(date(2026, 1, 2))
    operator.application.runner.catch_up()
    eva = signed_in("eva", "administrator")
    terms = {"terms.creditor_id": "DE98ZZZ01234567890", "terms.notice": "invoice", "terms.most_tries": "2"}
    sent(eva, "/set-up/sellers/north/debit-terms", **terms)
    assert "DE98ZZZ01234567890" in eva.get("/set-up/sellers/north/debit-terms").text
    there = sent(
        eva, f"/accounts/{A}/mandates/new", mandate="M-17", scheme="sepa-core", payer="Customer",
        payer_account="DE89 3704 0044 0532 0130 00",
    )  # fmt: skip
    operator.application.runner.catch_up()
    assert "M-17" in eva.get(there).text

    fields = form_fields(eva.get("/debits/draw").text)
    fields |= {"seller": "north", "collect_on": f"{datetime.now(UTC):%Y-%m-%d}", "scheme": "", "do": "start"}
    started = eva.post("/debits/draw", data=fields, headers=FROM_HERE)
    assert started.status_code == 303, started.text
    runner = JobRunner(operator.application, silent)
    while runner.advance():
        pass
    operator.application.runner.catch_up()
    assert "24.00 EUR" in eva.get(started.headers["location"]).text
    assert "north-1" in eva.get("/debits").text
    sent(eva, f"{BATCH}/freeze")
    assert b"<EndToEndId>north-1-1</EndToEndId>" in eva.get(f"{BATCH}/file").content
    sent(eva, f"{BATCH}/sent")
    sent(eva, "/debits/one/north-1-1/answer/north-1", outcome="rejected", reason="MS03")
    operator.application.runner.catch_up()
    assert "MS03" in eva.get(BATCH).text
    assert "north-1-1" in eva.get("/debits/refused?to_ask=true").text
    sent(eva, "/debits/one/north-1-1/release")
    sent(eva, f"{BATCH}/close")
    sent(eva, "/debits/mandates/M-17/suspend", reason="asks for a break")
    assert mandate_now(operator, "M-17").state == "suspended"
    operator.application.runner.catch_up()
    assert "north-1-1" not in eva.get("/debits/refused?to_ask=true").text
    assert "Closed" in eva.get("/debits").text
