"""Decides how a report that somebody built is saved under a name, changed, and removed.

saved as own-cash-by-month of subject money      who may ask reports about money may ask it
saved as private                                 its maker alone may
saved again under its name                       the new one instead, which keeps its maker
"""

from __future__ import annotations

import re

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_printable, require_text
from billing_core.reports.trees import ReportSubject, ReportTree, require_tree

SAVED_KIND = "saved-report"
# No report that comes with the program has such a name, in no version of it.
PREFIX = "own-"
NAME = re.compile(f"{PREFIX}[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 60

# --- events


@event("report-saved")
class ReportSaved(Event, frozen=True, kw_only=True):
    """A report was saved by its `maker`: for all who may ask reports of its subject, or if `is_private` for the maker.

    Saved again it is another one under the same name.
    """

    report: str
    title: str
    subject: ReportSubject
    question: str
    tree: ReportTree
    maker: str
    is_private: bool = False


@event("report-removed")
class ReportRemoved(Event, frozen=True, kw_only=True):
    """A saved report was removed; it may be saved again."""

    report: str
    reason: str


def saved_stream(report: str) -> str:
    return f"{SAVED_KIND}/{report}"


# --- state


class SavedReport(msgspec.Struct, frozen=True):
    """A report as it was saved last. If `is_removed`, it can no longer be asked."""

    saved: ReportSaved
    is_removed: bool = False


def apply_saved(state: SavedReport | None, fact: Event) -> SavedReport | None:
    """Fold one event of a saved report's stream."""
    match fact:
        case ReportSaved():
            return SavedReport(fact)
        case ReportRemoved() if state is not None:
            return SavedReport(state.saved, is_removed=True)
    return state


# --- decisions


def save(known: SavedReport | None, fact: ReportSaved) -> list[Event]:
    """Save a report; the same once more changes nothing. A private one of somebody else stays that one's."""
    if NAME.fullmatch(fact.report) is None or len(fact.report) > LONGEST_NAME:
        raise InvalidValue("must be `own-` and words of a to z and digits, as in own-cash-by-month", field="report",
                           value=fact.report)  # fmt: skip
    require_text(fact.title, "title")
    require_printable(fact.question, "question")
    require_tree(fact.tree)
    if known is None or known.is_removed:
        return [fact]
    if known.saved.is_private and known.saved.maker != fact.maker:
        raise RuleViolation("is the name of another report; choose another one", field="report", value=fact.report)
    kept = msgspec.structs.replace(fact, maker=known.saved.maker)
    return [] if msgspec.structs.replace(kept, effective_on=known.saved.effective_on) == known.saved else [kept]


def remove(known: SavedReport | None, removed: ReportRemoved) -> list[Event]:
    """Remove a saved report, because of a reason."""
    if known is None or known.is_removed:
        raise NotFound("no such saved report; `billing reports` lists them", field="report", value=removed.report)
    require_text(removed.reason, "reason")
    return [removed]
