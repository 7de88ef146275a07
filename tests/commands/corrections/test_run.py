"""A list of corrections: rehearsed and played by one path, each account once, however often it is started."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.log import Wanted
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import BillingError
from commands.corrections.account import Correction, TouchedDocument
from commands.corrections.payment import MovePayment
from commands.corrections.run import (
    CorrectionList,
    CorrectionReport,
    Entry,
    OfPayment,
    OnAccount,
    OnTariff,
)
from commands.services import ChangeTariff
from projections.audit import stretches_with
from projections.platform.projection import LoggedEvent
from projections.platform.rebuild import rebuild
from tests.commands.conftest import StartProcess
from tests.operators import Operator, bank_row, silent

TODAY = date(2026, 4, 10)
LIST = UUID("0b0e1a52-6c7f-4f43-9d0e-4c2f35b0a111")


@pytest.fixture(autouse=True)
def subscribers(operator: Operator) -> None:
    """Three at 20.00 a month plus 20 % VAT since January, the fourth on fast; the first one has paid 24.00."""
    operator.publish("fast", "50.00")
    operator.subscribers(3)
    operator.subscriber("A0004", tariff="fast")
    operator.bill_each_due_date(date(2026, 4, 2))
    operator.take_in([bank_row(7, "24.00", "1000000001")])


def entries() -> list[Entry]:
    ten = {"fee": Decimal(10)}
    february: dict[str, Any] = {"from_on": date(2026, 2, 1), "to_on": date(2026, 3, 1)}
    return [
        OnAccount("entry 1", "A0001", Correction(subscription="main", activated_on=date(2026, 1, 16), reason="late")),
        OnTariff("entry 2", Correction(on_tariff="net", vat_rates=ten, **february)),
        OnAccount("entry 3", "A0009", Correction(subscription="main", activated_on=date(2026, 1, 16))),
        OnAccount("entry 4", "A0003", Correction(subscription="main", tariff="lost", **february)),
        OfPayment("entry 5", MovePayment(payment="bank:R00007", from_account="A0001", to_account="A0002", reason="x")),
        OfPayment("entry 6", MovePayment(payment="bank:R00008", from_account="A0001", to_account="A0002", reason="x")),
    ]


def of_the_list(operator: Operator) -> Sequence[LoggedEvent]:
    """All that was written under the list's id, newest first."""
    return operator.application.log.search(
        Wanted(correlation=str(LIST)), operator.ask(stretches_with, {"correlation": [str(LIST)]}), None
    )


def listed(wanted: list[Entry] | None = None, correlation_id: UUID = LIST) -> CorrectionList:
    return CorrectionList(correlation_id, "spring cleaning", entries() if wanted is None else wanted)


def play(operator: Operator, what: CorrectionList | None = None, actor: str = "auditor") -> CorrectionReport:
    return operator.application.correction_run().play(what or listed(), origin_of_process(actor, TODAY), silent)


def rehearse(operator: Operator, what: CorrectionList | None = None) -> CorrectionReport:
    return operator.application.correction_run().rehearse(what or listed(), origin_of_process("auditor", TODAY), silent)


def told(report: CorrectionReport) -> dict[str, tuple[str, str, str, list[str]]]:
    return {
        account: (
            f"{entry.credited.amount}", f"{entry.charged.amount}", f"{entry.moved.amount}",
            [_told_document(document) for document in entry.documents],
        )
        for account, entry in report.accounts.items()
    }  # fmt: skip


def _told_document(document: TouchedDocument) -> str:
    invoice = document.number if document.what in ("opened", "settled") else document.corrects
    return f"{document.what} {document.amount.amount} {invoice}".strip()


def issued(report: CorrectionReport) -> list[str]:
    return [
        document.number
        for entry in report.accounts.values()
        for document in entry.documents
        if document.what in ("credit-note", "invoice")
    ]


# 20.00 x 15/31 days of January = 9.68, with VAT 11.62; February at 10 % is 22.00 and not 24.00.
EXPECTED = {
    "A0001": (
        "-35.62", "22.00", "-24.00",
        ["opened 24.00 1000000001", "credit-note -11.62 1000000001", "credit-note -24.00 1000000005", "invoice 22.00"],
    ),
    "A0002": (
        "-24.00", "22.00", "24.00",
        ["settled 24.00 1000000002", "credit-note -24.00 1000000006", "invoice 22.00"],
    ),
}  # fmt: skip
REFUSED = [
    ("entry 6", "A0001", "payment"),
    ("entry 2, entry 4", "A0003", "tariff"),
    ("entry 3", "A0009", "account"),
]


def test_what_can_be_corrected_is_and_what_a_rule_refuses_is_reported(operator: Operator):
    report = play(operator)

    assert told(report) == EXPECTED
    assert sorted((each.place, each.account, each.field) for each in report.refused) == sorted(REFUSED)
    (totals,) = report.totals().values()
    assert [str(amount) for amount in (totals.credited, totals.charged, totals.moved)] == [
        "-59.62 EUR", "44.00 EUR", "24.00 EUR",
    ]  # fmt: skip
    assert totals.accounts == 2
    assert operator.findings() == []


def test_the_rehearsal_shows_what_the_run_does_and_leaves_everything_as_it_was(operator: Operator):
    operator.live_contents()
    before = operator.store_contents(), operator.live_contents()

    rehearsed = rehearse(operator)
    assert (operator.store_contents(), operator.live_contents()) == before
    played = play(operator)

    assert told(rehearsed) == told(played) == EXPECTED
    assert rehearsed.refused == played.refused
    assert issued(rehearsed) == [""] * 5
    assert issued(played) == ["5000000001", "5000000002", "1000000017", "5000000003", "1000000018"]


def test_the_same_list_again_does_nothing_and_answers_the_same_also_its_rehearsal(operator: Operator):
    """Even a correction of a tariff, after which nobody is on it any more."""
    what = listed([OnTariff("entry 1", Correction(on_tariff="net", from_on=date(2026, 1, 1), tariff="fast"))])
    first = play(operator, what)
    assert list(first.accounts) == ["A0001", "A0002", "A0003"]
    before = operator.store_contents()

    assert play(operator, what, actor="somebody else") == first
    assert rehearse(operator, what) == first
    assert operator.store_contents() == before


def test_the_same_list_under_another_id_finds_nothing_left_to_correct(operator: Operator):
    play(operator)
    again = play(operator, listed(correlation_id=uuid4()))

    assert {amounts[:2] for amounts in told(again).values()} == {("0.00", "0.00")}
    assert operator.findings() == []


def test_everything_that_is_written_carries_the_list_its_author_and_the_reason(operator: Operator):
    newest = operator.application.log.newest_position()
    play(operator)

    found = of_the_list(operator)
    written = operator.application.log.read(newest, operator.application.log.newest_position(), 1000)
    assert [entry.position for entry in found] == [entry.position for entry in reversed(written)]
    assert {entry.origin.actor for entry in found} == {"auditor"}
    assert {entry.origin.causation for entry in found} == {str(LIST)}
    assert len({entry.origin.command for entry in found}) == 3
    facts = [entry.event for entry in found if not isinstance(entry.event, ChargesPosted)]
    reasons = {getattr(fact, "reason", "spring cleaning") for fact in facts}
    assert reasons == {"late", "spring cleaning", "late; spring cleaning", "x"}


def test_read_models_rebuilt_afterwards_are_the_same(operator: Operator):
    play(operator)
    live = operator.live_contents()
    application = operator.application

    rebuild(application.log, application.tables, application.projections, application.projections)

    assert operator.live_contents() == live
    assert operator.findings() == []


def test_an_accounts_entries_count_in_the_order_of_the_list(operator: Operator):
    def on(tariff: str) -> OnAccount:
        correction = Correction(subscription="main", from_on=date(2026, 2, 1), to_on=date(2026, 3, 1), tariff=tariff)
        return OnAccount(f"to {tariff}", "A0002", correction)

    assert told(play(operator, listed([on("fast"), on("net")])))["A0002"][:2] == ("0.00", "0.00")
    other_way = told(play(operator, listed([on("net"), on("fast")], uuid4())))
    assert other_way["A0002"][:2] == ("-24.00", "60.00")


def test_a_suspended_day_or_a_day_on_another_tariff_is_not_touched_by_a_price_lists_correction(operator: Operator):
    operator.tell(ChangeTariff(account="A0002", subscription="main", tariff="fast", on=date(2026, 2, 15)))
    operator.bill(date(2026, 4, 2))
    half = Correction(on_tariff="net", from_on=date(2026, 2, 1), to_on=date(2026, 3, 1),
                      agreed_prices={"fee": Decimal("10.00")})  # fmt: skip

    report = play(operator, listed([OnTariff("entry 1", half)]))

    assert {account: amounts[:2] for account, amounts in told(report).items()} == {
        "A0001": ("-24.00", "12.00"), "A0002": ("-12.00", "6.00"), "A0003": ("-24.00", "12.00"),
    }  # fmt: skip


def test_whoever_was_on_the_tariff_at_another_time_is_not_on_the_list(operator: Operator):
    operator.tell(ChangeTariff(account="A0002", subscription="main", tariff="fast", on=date(2026, 2, 15)))
    operator.bill(date(2026, 4, 2))

    def on_fast(from_on: date, to_on: date) -> list[str]:
        correction = Correction(on_tariff="fast", from_on=from_on, to_on=to_on, vat_rates={"fee": Decimal(10)})
        return list(rehearse(operator, listed([OnTariff("entry 1", correction)])).accounts)

    assert on_fast(date(2026, 2, 1), date(2026, 2, 15)) == ["A0004"]
    assert on_fast(date(2026, 2, 14), date(2026, 2, 16)) == ["A0002", "A0004"]
    assert on_fast(date(2025, 2, 1), date(2026, 1, 1)) == []


# --- killed, and two at once

PLAY = """
    import sys
    from datetime import date
    from uuid import UUID
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.origins import origin_of_process
    from commands.corrections.run import CorrectionList
    from tests.commands.corrections.test_run import entries, listed

    def one_done(_):
        print("one", flush=True)
        sys.stdin.readline()

    application = Application(sys.argv[1])
    run = application.correction_run()
    run.play(listed(), origin_of_process("auditor", date(2026, 4, 10)), one_done)
"""


@pytest.mark.parametrize("done", [1, 3])
def test_killed_between_two_accounts_and_started_again_it_does_each_once(
    operator: Operator, start_process: StartProcess, done: int
):
    process = start_process(PLAY, operator.database_url)
    assert process.stdout is not None and process.stdin is not None
    for step in range(done):
        assert process.stdout.readline() == "one\n"
        if step + 1 < done:
            process.stdin.write("\n")
            process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = len(of_the_list(operator))

    report = play(operator)

    assert told(report) == EXPECTED
    assert kept < len(of_the_list(operator))
    assert kept > 0
    assert len(operator.select("SELECT 1 FROM billing.events WHERE topic LIKE 'credit-note-issued/%%'")) == 3
    assert operator.findings() == []


def test_two_at_once_do_each_account_once_and_both_get_the_answers(operator: Operator):
    barrier = Barrier(2)

    def start(_: int) -> CorrectionReport:
        barrier.wait(30)
        return play(operator)

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(start, range(2))

    assert told(first) == told(second) == EXPECTED
    assert msgspec.json.encode(first.accounts) == msgspec.json.encode(second.accounts)
    assert len(operator.select("SELECT 1 FROM billing.events WHERE topic LIKE 'credit-note-issued/%%'")) == 3
    assert operator.findings() == []


def test_another_list_under_the_same_id_is_refused(operator: Operator):
    play(operator)
    earlier = Correction(subscription="main", activated_on=date(2026, 1, 20), reason="late")

    report = play(operator, listed([OnAccount("entry 1", "A0001", earlier)]))

    assert [(each.place, each.field) for each in report.refused] == [("entry 1", "command id")]


def test_a_rehearsal_is_refused_to_whom_the_command_would_be(operator: Operator):
    class NotAllowed(BillingError):
        pass

    def nobody(command: object, origin: object) -> None:
        raise NotAllowed("nobody may")

    from adapters.bootstrap.registry import HANDLERS
    from commands.corrections.run import CorrectionRun
    from commands.platform.bus import Bus

    guarded = CorrectionRun(Bus(operator.application.store, HANDLERS, nobody), operator.application.models())
    report = guarded.rehearse(listed(), origin_of_process("guest", TODAY), silent)

    assert report.accounts == {}
    assert {each.reason for each in report.refused} == {"nobody may"}
