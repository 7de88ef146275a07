"""Batches of debits: draw up, freeze, save the file, note it as sent, read the answers, close."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.jobs.direct_debit import DrawDebits, ReadDebitAnswers
from adapters.pages.direct_debit.around import DEBITS, REFUSED, VIEWS
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page
from adapters.pages.visit import Visit
from adapters.views.direct_debit import (
    ListDebitBatches,
    ListRefusedDebits,
    ShowDebitBatch,
    WriteDebitCover,
    WriteDebitFile,
)
from billing_core.direct_debit.schemes import Scheme
from commands.direct_debit.answers import RecordDebitAnswers
from commands.direct_debit.batches import (
    CancelDebitBatch,
    CloseDebitBatch,
    FreezeDebitBatch,
    NoteDebitBatchSent,
    ReleaseDebit,
)
from projections.direct_debit.batches import DebitBatchRow, DebitRow

ONE = f"{DEBITS}/batches/{{batch}}"
SCHEMES: dict[Scheme, str] = {
    "sepa-core": N_("SEPA Core"), "sepa-b2b": N_("SEPA B2B"), "czech-collection": N_("Czech collection"),
    "sipo": N_("SIPO of the post"),
}  # fmt: skip
STAGES = {
    "drawn-up": State(N_("Drawn up"), "info"), "frozen": State(N_("Frozen"), "info"),
    "sent": State(N_("Sent"), "warn"), "closed": State(N_("Closed"), "good"),
    "cancelled": State(N_("Cancelled"), "calm"),
}  # fmt: skip
DEBIT_STATES = {
    "drawn": State(N_("Drawn"), "info"), "left-out": State(N_("Left out"), "calm"),
    "accepted": State(N_("Accepted by the bank"), "info"), "collected": State(N_("Collected by debit"), "good"),
    "rejected": State(N_("Rejected"), "bad"), "returned": State(N_("Returned by the bank"), "bad"),
}  # fmt: skip
OUTCOMES = (
    Choice("accepted", N_("Accepted by the bank")), Choice("collected", N_("Collected by debit")),
    Choice("rejected", N_("Rejected")), Choice("returned", N_("Returned by the bank")),
)  # fmt: skip


def schemes(visit: Visit) -> list[Choice]:
    """The schemes by their names."""
    return [Choice(scheme, visit.translated(name)) for scheme, name in SCHEMES.items()]


def _batch(row: DebitBatchRow) -> str:
    return f"{DEBITS}/batches/{quote(row.batch)}"


def _debit(row: DebitRow) -> str:
    return f"{DEBITS}/one/{quote(row.debit)}"


def _stage_is(*stages: str) -> Any:
    return lambda row: row.stage in stages


def _is_refused(row: DebitRow) -> bool:
    return row.state in ("rejected", "returned")


def _why(row: DebitRow) -> str:
    """The reason and from when it is drawn again."""
    return " ".join(part for part in (row.reason, str(row.again_on or "")) if part)


def _file(visit: Visit) -> Response:
    return _saved(visit, WriteDebitFile, visit.path["batch"])


def _cover(visit: Visit) -> Response:
    return _saved(visit, WriteDebitCover, f"{visit.path['batch']}-cover")


def _saved(visit: Visit, query: type, name: str) -> Response:
    """A file, to be saved."""
    found = visit.ask(query, batch=visit.path["batch"])
    headers = {"Content-Disposition": f'attachment; filename="{quote(name)}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _answer(visit: Visit, typed: dict[str, Any]) -> dict[str, Any]:
    """The one answer that was typed, to the debit of the address."""
    answer = {"end_to_end": visit.path["debit"], "outcome": typed["outcome"], "reason": typed.get("reason", "")}
    return {"batch": visit.path["batch"], "answers": [answer]}


# fmt: off
DEBIT_COLUMNS = (
    Column(N_("Debit"), lambda row: row.debit, "code"),
    Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
    Column(N_("Mandate"), lambda row: row.mandate, "code", below=lambda row: row.sequence),
    Column(N_("Invoices"), lambda row: ", ".join(item.invoice for item in row.items)),
    Column(N_("State"), lambda row: DEBIT_STATES[row.state], "state", below=_why),
    Column(N_("Answered"), lambda row: row.answered_on, "day"),
    Column(N_("Currency"), lambda row: row.amount.currency),
    Column(N_("Amount"), lambda row: row.amount, "amount"),
)
DEBIT_ACTIONS = (
    Act(N_("Answer"), lambda row: f"{_debit(row)}/answer/{quote(row.batch)}", RecordDebitAnswers,
        when=lambda row: row.state != "left-out"),
    Act(N_("Draw again"), lambda row: f"{_debit(row)}/release", ReleaseDebit, when=_is_refused),
)
PAGES = (
    Page(f"{ONE}/file", _file, WriteDebitFile),
    Page(f"{ONE}/cover", _cover, WriteDebitCover),
)
LISTS = (
    List(
        DEBITS, ListDebitBatches, N_("Direct debit"),
        (
            Column(N_("Batch"), lambda row: row.batch, "code", link=_batch),
            Column(N_("Scheme"), lambda row: State(SCHEMES[row.scheme]), "state"),
            Column(N_("Stage"), lambda row: STAGES[row.stage], "state"),
            Column(N_("Drawn up on"), lambda row: row.drawn_up_on, "day"),
            Column(N_("Collected on"), lambda row: row.collect_on, "day"),
            Column(N_("Debits"), lambda row: row.debits, "count"),
            Column(N_("Awaited"), lambda row: row.awaited, "count"),
            Column(N_("Returned by the bank"), lambda row: row.refused, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
            Column(N_("Amount collected"), lambda row: row.collected_amount, "amount"),
        ),
        filters=(Field("seller", N_("Seller")),),
        views=VIEWS,
        actions=(
            Act(N_("Draw up debits"), f"{DEBITS}/draw", DrawDebits, "n"),
            Act(N_("Read the bank's answers"), f"{DEBITS}/answers", ReadDebitAnswers, "i"),
        ),
        row_actions=(
            Act(N_("Freeze"), lambda row: f"{_batch(row)}/freeze", FreezeDebitBatch, when=_stage_is("drawn-up")),
            Act(N_("Save the file"), lambda row: f"{_batch(row)}/file", WriteDebitFile,
                when=_stage_is("frozen", "sent", "closed")),
            Act(N_("Save the cover"), lambda row: f"{_batch(row)}/cover", WriteDebitCover,
                when=lambda row: row.scheme == "sipo" and row.stage in ("frozen", "sent")),
            Act(N_("Note as sent"), lambda row: f"{_batch(row)}/sent", NoteDebitBatchSent, when=_stage_is("frozen")),
            Act(N_("Close it"), lambda row: f"{_batch(row)}/close", CloseDebitBatch,
                when=lambda row: row.stage == "sent" and not row.awaited),
            Act(N_("Cancel the batch"), lambda row: f"{_batch(row)}/cancel", CancelDebitBatch,
                when=_stage_is("drawn-up", "frozen")),
        ),
        empty=N_("No debits were drawn up yet. Draw up those that are due by a day."),
    ),
    List(
        ONE, ShowDebitBatch, N_("Debits of a batch"), DEBIT_COLUMNS, row_actions=DEBIT_ACTIONS,
        items=lambda card: card.debits,
    ),
    List(
        REFUSED, ListRefusedDebits, N_("Rejected and returned debits"), DEBIT_COLUMNS,
        filters=(Field("to_ask", N_("Only those that a person decides about"), "check"),),
        views=VIEWS, row_actions=DEBIT_ACTIONS,
        empty=N_("No debit was rejected or returned."),
    ),
)


def _about_batch(visit: Visit) -> str:
    return visit.path["batch"]


FORMS = (
    Form(
        f"{ONE}/freeze", FreezeDebitBatch, N_("Freeze the batch"), N_("Freeze it"), (),
        then=to(DEBITS), back=to(DEBITS), about=_about_batch,
        done=says(N_("The content is fixed; its file can be saved now.")),
    ),
    Form(
        f"{ONE}/sent", NoteDebitBatchSent, N_("The bank or the post has the file"), N_("Note it as sent"), (),
        then=to(DEBITS), back=to(DEBITS), done=says(N_("The batch is noted as sent.")), about=_about_batch,
    ),
    Form(
        f"{ONE}/close", CloseDebitBatch, N_("Close the batch"), N_("Close it"), (),
        then=to(DEBITS), back=to(DEBITS), done=says(N_("The batch is closed. Later returns are still taken.")),
        about=_about_batch,
    ),
    Form(
        f"{ONE}/cancel", CancelDebitBatch, N_("Cancel a batch that was never sent"), N_("Cancel the batch"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(DEBITS), back=to(DEBITS), done=says(N_("The batch is cancelled; its invoices can be drawn again.")),
        about=_about_batch,
    ),
    Form(
        f"{DEBITS}/one/{{debit}}/answer/{{batch}}", RecordDebitAnswers, N_("Answer to a debit"),
        N_("Record the answer"),
        (
            Field("outcome", N_("Outcome"), "choice", choices=OUTCOMES, is_required=True, width=6),
            Field("reason", N_("Reason code"), hint=N_("As the bank has it, such as AM04"), width=4),
        ),
        then=to(ONE), back=to(ONE), done=says(N_("The answer is recorded.")), adds=_answer,
        about=lambda visit: visit.path["debit"],
    ),
    Form(
        f"{DEBITS}/one/{{debit}}/release", ReleaseDebit, N_("Draw the debit again"), N_("It may be drawn again"), (),
        then=to(REFUSED), back=to(REFUSED), done=says(N_("Its invoices are drawn with the next batch.")),
        about=lambda visit: visit.path["debit"],
    ),
)
JOB_FORMS = (
    JobForm(
        f"{DEBITS}/draw", DrawDebits, N_("Draw up debits"), N_("Draw them up"),
        (
            Field("seller", N_("Seller"), is_required=True, width=4),
            Field("collect_on", N_("Collected on"), "day", is_required=True, width=4),
            Field("scheme", N_("Scheme"), "choice", choices=schemes, width=4,
                  hint=N_("Without one all that are in use")),
        ),
        back=to(DEBITS), result="direct_debit/drawn.html", after=DEBITS,
    ),
    JobForm(
        f"{DEBITS}/answers", ReadDebitAnswers, N_("Answers of the bank or of the post"), N_("Record the answers"),
        (
            Field("batch", N_("Batch"), hint=N_("For a file of SIPO only"), width=4),
            Field("unpaid", N_("The file lists what was not paid (SIPO)"), "check"),
        ),
        back=to(DEBITS), file=N_("pain.002, CAMT with returns, or a file of SIPO"),
        result="payments/imported.html", after=DEBITS,
    ),
)
# fmt: on
