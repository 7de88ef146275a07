"""Save a report that was built, and remove it."""

from __future__ import annotations

from billing_core.reports.saved import ReportRemoved, ReportSaved, apply_saved, remove, save, saved_stream
from billing_core.reports.trees import ReportSubject, ReportTree
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SaveReport(Command, frozen=True, kw_only=True):
    """Save a report that was built, under a name that begins with `own-`; one of this name is replaced.

    It stands among the reports of a subject, and who may ask those may ask it; if it `is_private`, its maker alone.
    Whether the view has what the tree names is said when it is previewed and asked, not here: views change.
    """

    report: str
    title: str
    subject: ReportSubject
    tree: ReportTree
    question: str = ""
    is_private: bool = False


class RemoveReport(Command, frozen=True, kw_only=True):
    """Remove a saved report."""

    report: str
    reason: str


# --- handlers


def handle_save(command: SaveReport, transaction: Transaction, origin: Origin) -> Decision:
    stream = saved_stream(command.report)
    known, version = transaction.load(stream, apply_saved)
    fact = ReportSaved(
        effective_on=origin.today, report=command.report, title=command.title, subject=command.subject,
        question=command.question, tree=command.tree, maker=origin.actor, is_private=command.is_private,
    )  # fmt: skip
    return Decision((Append(stream, version, save(known, fact)),))


def handle_remove(command: RemoveReport, transaction: Transaction, origin: Origin) -> Decision:
    stream = saved_stream(command.report)
    known, version = transaction.load(stream, apply_saved)
    fact = ReportRemoved(effective_on=origin.today, report=command.report, reason=command.reason)
    return Decision((Append(stream, version, remove(known, fact)),))


HANDLERS: Handlers = {SaveReport: handle_save, RemoveReport: handle_remove}
