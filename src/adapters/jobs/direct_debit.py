"""Drawing up batches of debits, and the answers of banks and of the post to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from adapters.banks.pain002 import StatusLine, read_pain002
from adapters.banks.sipo import SipoAnswer, is_sipo_answer, period_of, read_answers
from adapters.banks.statements import read_statement_file
from adapters.bootstrap.collection_files import load_collection_file
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from billing_core.bank_statements.statement import Movement
from billing_core.direct_debit.answers import DebitAnswer, outcome_of
from billing_core.direct_debit.batch_events import batch_of, batch_stream
from billing_core.direct_debit.batches import DebitBatch, apply_batch
from billing_core.direct_debit.drawing import MOST_DEBITS
from billing_core.direct_debit.schemes import SCHEMES, Scheme
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound
from commands.direct_debit.answers import RecordDebitAnswers
from commands.direct_debit.batches import DrawUpDebitBatch
from commands.direct_debit.terms import load_terms
from commands.platform.batch import BatchReport
from commands.platform.ports import Transaction
from projections.direct_debit.mandates import mandates_with_dues, schemes_in_use

PART_ANSWERS = 200
FIRST_BYTES = 4_096
CAMT = b":camt."
MOST_SHOWN = 1_000
OCTETS = "application/octet-stream"


class DrawDebits(Job, frozen=True, kw_only=True):
    """Draw up the batches of a seller for a collection date: of one scheme if named, else of all that are in use.

    An item is in one live batch only, so it may be run again. A dry run says what would be drawn and left out.
    """

    seller: str
    collect_on: date
    scheme: Scheme | None = None


class ReadDebitAnswers(Job, frozen=True, kw_only=True):
    """Record the answers to debits: pain.002 or the returns in a CAMT file of a bank, or a file of SIPO.

    These name their debits. For a file of SIPO name the `batch`, and say `unpaid` if it lists what was not paid.
    Rows that name nothing we drew are rejected and reported. The same file again changes nothing.
    """

    batch: str = ""
    unpaid: bool = False


class DrawnBatch(msgspec.Struct):
    """A batch as drawn up, or as it would be: its name, how many debits, their sum, and what was left out and why."""

    batch: str
    scheme: str
    debits: int
    amount: str
    left_out: list[dict[str, str]]
    left_out_beyond: int = 0


class DrawnDebits(msgspec.Struct):
    """What came of drawing up."""

    batches: list[DrawnBatch] = []


def draw_debits(asked: DrawDebits, work: Work) -> DrawnDebits:
    """Draw up one batch of each scheme, or more if there are too many debits; with a dry run nothing is written."""
    work.app.runner.catch_up()
    drawn = DrawnDebits()
    schemes = [asked.scheme] if asked.scheme else _schemes(asked.seller, work)
    with work.watch("Mandates", "mandates", None) as advance:
        for scheme in schemes:
            for mandates in _mandates(asked, scheme, work):
                drawn.batches = [*drawn.batches, _draw(asked, scheme, mandates, work)]
                advance(len(mandates))
    return drawn


def _schemes(seller: str, work: Work) -> list[Scheme]:
    with work.app.queries.cursor() as cursor:
        found = schemes_in_use(cursor, seller)
    return [scheme for scheme in SCHEMES if scheme in found]


def _mandates(asked: DrawDebits, scheme: Scheme, work: Work) -> Iterator[list[str]]:
    after = ""
    while True:
        with work.app.queries.cursor() as cursor:
            page = mandates_with_dues(cursor, asked.seller, scheme, asked.collect_on, after, MOST_DEBITS)
        if not page:
            return
        yield page
        after = page[-1]


def _draw(asked: DrawDebits, scheme: Scheme, mandates: Sequence[str], work: Work) -> DrawnBatch:
    command = DrawUpDebitBatch(
        seller=asked.seller, scheme=scheme, collect_on=asked.collect_on, mandates=tuple(mandates)
    )  # fmt: skip
    result = work.give(command).result
    left_out = result["left_out"]
    return DrawnBatch(
        result["batch"], scheme, result["debits"], result["amount"], left_out[:MOST_SHOWN],
        max(0, len(left_out) - MOST_SHOWN),
    )  # fmt: skip


# --- answers


class _Row(NamedTuple):
    """An answer with the line of the file on which it stands."""

    line: int
    answer: DebitAnswer


def read_debit_answers(asked: ReadDebitAnswers, work: Work) -> BatchReport:
    """Record every answer of a file that names a debit; with a dry run nothing is written."""
    assert work.file is not None
    report = BatchReport()
    rows = work.app.bus.look(lambda transaction: _rows(asked, work, transaction, report))
    with work.watch("Answers", "answers", len(rows)) as advance:
        for batch, of_batch in _by_batch(rows).items():
            for part in _parts(of_batch):
                _record(batch, part, work, report)
                advance(len(part))
    report.rejected.sort(key=lambda rejected: rejected.line)
    return report


def _rows(asked: ReadDebitAnswers, work: Work, transaction: Transaction, report: BatchReport) -> list[_Row]:
    assert work.file is not None
    with work.file.open("rb") as file:
        beginning = file.read(FIRST_BYTES)
    if is_sipo_answer(beginning.decode("cp1250", "replace").partition("\n")[0]):
        return list(_sipo_rows(asked, work.file.read_bytes(), transaction, report))
    if CAMT in beginning:
        return [row for movement in _returns(work.file, report) for row in _returned(movement, transaction, report)]
    return [row for line in read_pain002(work.file) for row in _pain_rows(line, transaction, report)]


def _returns(file: Path, report: BatchReport) -> Iterator[Movement]:
    """The returns of a notification or statement; its other movements are no answers to debits."""
    for part in read_statement_file(file):
        if isinstance(part, Movement) and part.kind == "return":
            yield part
        elif isinstance(part, Movement):
            report.skipped += 1


def _returned(movement: Movement, transaction: Transaction, report: BatchReport) -> Iterator[_Row]:
    end_to_end = movement.symbols.end_to_end
    if transaction.load(batch_stream(batch_of(end_to_end)), apply_batch)[0] is None:
        report.reject(movement.line, NotFound("we drew no such debit", field="debit", value=end_to_end))
        return
    answer = DebitAnswer(
        end_to_end=end_to_end, outcome="returned", reason=movement.return_reason, amount=abs(movement.amount.amount)
    )  # fmt: skip
    yield _Row(movement.line, answer)


def _pain_rows(line: StatusLine, transaction: Transaction, report: BatchReport) -> Iterator[_Row]:
    """The answers of one status, which may stand for all debits of a group or of a file."""
    name = batch_of(line.end_to_end) if line.end_to_end else line.message
    batch, _ = transaction.load(batch_stream(name), apply_batch)
    if batch is None:
        unknown = NotFound("we drew no such debit", field="debit", value=line.end_to_end or line.message)
        report.reject(line.line, unknown)
        return
    terms = load_terms(transaction, batch.drawn_up.seller) or DebitTerms()
    outcome = outcome_of(line.status, terms)
    if outcome is None:
        report.skipped += 1
        return
    for end_to_end in [line.end_to_end] if line.end_to_end else _of_group(batch, line.group):
        yield _Row(line.line, DebitAnswer(end_to_end=end_to_end, outcome=outcome, reason=line.reason))


def _of_group(batch: DebitBatch, group: str) -> list[str]:
    """The debits of a payment group, which is named by batch and sequence type; without a group all of them."""
    sequence = group.removeprefix(f"{batch.name}-")
    return [
        end_to_end for end_to_end, drawn in batch.debits.items()
        if drawn.state != "left-out" and (not group or drawn.debit.sequence == sequence)
    ]  # fmt: skip


def _sipo_rows(
    asked: ReadDebitAnswers, content: bytes, transaction: Transaction, report: BatchReport
) -> Iterator[_Row]:
    if not asked.batch:
        raise InvalidValue("must be named for a file of SIPO, which does not say it", field="batch", value="")
    file = load_collection_file(transaction, asked.batch)
    by_number = {debit.payer_account: debit.end_to_end for debit in file.debits}
    for number, found in enumerate(read_answers(content, is_unpaid=asked.unpaid), start=1):
        if isinstance(found, BillingError):
            report.reject(number, found)
        elif found.number not in by_number or found.period != period_of(file.collect_on):
            unknown = NotFound(f"batch {asked.batch} has no such connection number in that month",
                               field="connection number", value=f"{found.number} {found.period}")  # fmt: skip
            report.reject(found.line, unknown)
        else:
            yield _Row(found.line, _sipo_answer(found, by_number[found.number], unpaid=asked.unpaid))


def _sipo_answer(found: SipoAnswer, end_to_end: str, *, unpaid: bool) -> DebitAnswer:
    if found.rejected:
        return DebitAnswer(end_to_end=end_to_end, outcome="rejected", reason=f"SIPO-{found.rejected[0]}")
    if unpaid:
        return DebitAnswer(end_to_end=end_to_end, outcome="returned", reason="SIPO-UNPAID", amount=found.amount)
    return DebitAnswer(end_to_end=end_to_end, outcome="collected", on=found.paid_on, amount=found.amount)


def _by_batch(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[batch_of(row.answer.end_to_end)].append(row)
    return found


def _parts(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Parts of a limited size in which each debit is answered once; later answers stand in later parts."""
    part: dict[str, _Row] = {}
    for row in rows:
        if row.answer.end_to_end in part or len(part) == PART_ANSWERS:
            yield list(part.values())
            part = {}
        part[row.answer.end_to_end] = row
    if part:
        yield list(part.values())


def _record(batch: str, part: Sequence[_Row], work: Work, report: BatchReport) -> None:
    command = RecordDebitAnswers(batch=batch, answers=tuple(row.answer for row in part))
    result = work.give(command).result
    report.accepted += result["accepted"]
    report.unchanged += result["unchanged"]
    lines = {row.answer.end_to_end: row.line for row in part}
    for rejected in result["rejected"]:
        error = InvalidValue(rejected["reason"], field=rejected["field"], value=rejected["value"])
        report.reject(lines[rejected["debit"]], error)


JOBS: Jobs = {
    DrawDebits: Kind(draw_debits, rehearses=True),
    ReadDebitAnswers: Kind(read_debit_answers, takes=OCTETS, rehearses=True),
}
