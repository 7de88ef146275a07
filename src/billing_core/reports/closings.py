"""Decides how the figures of a month are frozen when it is closed, and how a closed month is opened again.

May 2026 of seller north, closed on 2 June: income by way of payment 1,000.00 EUR, frozen
a payment of 20.00 EUR that counts on 30 May arrives on 5 June: frozen 1,000.00, now 1,020.00, difference 20.00
closed once more: refused, until it is opened again, for a reason
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_text

MONTH_KIND = "report-month"
MOST_FROZEN_ROWS = 2_000
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

# --- what is frozen


class FrozenColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a report as it was when the month was closed."""

    name: str
    title: str
    kind: str
    total: bool = False


class FrozenTotals(msgspec.Struct, frozen=True):
    """The number of rows and the sums by column, of one currency."""

    currency: str
    rows: int
    sums: dict[str, Decimal] = {}


class FrozenFigures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The figures of a report for a month: its totals, and its rows unless there are more than 2,000.

    Values of rows are texts, as they are written in an answer; None is none. `log_position` is the last event that
    they show.
    """

    report: str
    given: dict[str, str]
    columns: tuple[FrozenColumn, ...]
    totals: tuple[FrozenTotals, ...]
    rows: tuple[tuple[str | None, ...], ...] = ()
    has_rows: bool = True
    log_position: int = 0


# --- events


@event("report-month-closed")
class ReportMonthClosed(Event, frozen=True, kw_only=True):
    """The figures of a report for a month of a seller were frozen; `month` is its first day.

    `figures_hash` is the SHA-256 of the figures as 64 digits, for papers on which they are printed.
    """

    seller: str
    month: date
    figures: FrozenFigures
    figures_hash: str


@event("report-month-reopened")
class ReportMonthReopened(Event, frozen=True, kw_only=True):
    """A closed month was opened again: its frozen figures hold no longer."""

    seller: str
    month: date
    reason: str


@event("report-month-compared")
class ReportMonthCompared(Event, frozen=True, kw_only=True):
    """The reports whose figures of a closed month are not what was frozen have become others; none if all agree."""

    seller: str
    month: date
    differing: tuple[str, ...] = ()


def month_stream(seller: str, month: date) -> str:
    return f"{MONTH_KIND}/{seller}/{month:%Y-%m}"


def hash_of_figures(figures: FrozenFigures) -> str:
    """SHA-256 over the figures as JSON in one order, without the place in the log at which they were asked."""
    written = msgspec.json.encode(msgspec.structs.replace(figures, log_position=0), order="sorted")
    return hashlib.sha256(written).hexdigest()


# --- state


class ClosedMonth(msgspec.Struct):
    """A month with its frozen figures by report; none if it is open again. `differing` reports say otherwise now."""

    figures: dict[str, FrozenFigures] = {}
    differing: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        return bool(self.figures)


def apply_month(state: ClosedMonth | None, fact: Event) -> ClosedMonth | None:
    """Fold one event of a month's stream."""
    match fact:
        case ReportMonthClosed(figures=figures):
            return ClosedMonth({**(state.figures if state else {}), figures.report: figures})
        case ReportMonthCompared(differing=differing) if state is not None:
            return ClosedMonth(state.figures, differing)
        case ReportMonthReopened():
            return ClosedMonth()
    return state


# --- decisions


def month_of(text: str) -> date:
    """The first day of a month as it is written: `2026-05`."""
    if MONTH.fullmatch(text) is None:
        raise InvalidValue("must be a month such as 2026-05", field="month", value=text)
    return date(int(text[:4]), int(text[5:]), 1)


def month_after(month: date) -> date:
    """The first day of the month after one."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def require_ended(month: date, today: date) -> None:
    """A month has ended on the first day of the next one, in the seller's time zone."""
    if today < month_after(month):
        raise RuleViolation(f"has not ended: today is {today}; its figures are not final", field="month",
                            value=f"{month:%Y-%m}")  # fmt: skip


def close(
    known: ClosedMonth | None, seller: str, month: date, figures: tuple[FrozenFigures, ...], today: date
) -> list[Event]:
    """Freeze the figures of a month that has ended, once."""
    require_ended(month, today)
    if known is not None and known.is_closed:
        raise RuleViolation("is closed already; reopen it first, with a reason", field="month", value=f"{month:%Y-%m}")
    if not figures:
        raise InvalidValue("at least one report must be frozen", field="figures")
    for each in figures:
        _require_whole(each)
    if len({each.report for each in figures}) < len(figures):
        raise InvalidValue("a report is frozen once", field="figures", value=len(figures))
    return [
        ReportMonthClosed(
            effective_on=today, seller=seller, month=month, figures=each, figures_hash=hash_of_figures(each)
        )
        for each in figures
    ]


def reopen(known: ClosedMonth | None, reopened: ReportMonthReopened) -> list[Event]:
    """Open a closed month again; its figures may then be frozen anew."""
    if known is None or not known.is_closed:
        raise NotFound("is not closed", field="month", value=f"{reopened.month:%Y-%m}")
    require_text(reopened.reason, "reason")
    return [reopened]


def compare(known: ClosedMonth | None, compared: ReportMonthCompared) -> list[Event]:
    """Note which reports differ now; the same ones as before change nothing."""
    if known is None or not known.is_closed:
        raise NotFound("is not closed", field="month", value=f"{compared.month:%Y-%m}")
    unknown = set(compared.differing) - known.figures.keys()
    if unknown:
        raise NotFound("was not frozen with this month", field="differing", value=min(unknown))
    differing = tuple(sorted(set(compared.differing)))
    return [] if differing == known.differing else [msgspec.structs.replace(compared, differing=differing)]


def _require_whole(figures: FrozenFigures) -> None:
    if len(figures.rows) > MOST_FROZEN_ROWS:
        raise InvalidValue(f"at most {MOST_FROZEN_ROWS:,} rows are frozen, else the totals alone", field="rows",
                           value=len(figures.rows))  # fmt: skip
    wrong = next((row for row in figures.rows if len(row) != len(figures.columns)), None)
    if wrong is not None:
        raise InvalidValue(f"has {len(wrong)} values for {len(figures.columns)} columns", field="row",
                           value=figures.report)  # fmt: skip
