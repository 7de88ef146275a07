"""The books as they were: what was built, and which accounts differ between two moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from adapters.actions.maintenance import DropAsOf
from adapters.jobs.maintenance import BuildAsOf
from adapters.pages.forms import Choice
from adapters.pages.lists import AT_ONCE
from adapters.pages.page import N_, Page, Shown
from adapters.pages.visit import Visit
from adapters.views.maintenance import CompareBalances, ListAsOf
from billing_core.kernel.errors import InvalidValue

BOOKS = "/books"
THEN, TODAY = "then", "today"
KNOWN = (Choice(THEN, N_("then: as the books stood")), Choice(TODAY, N_("today: with later corrections")))
KINDS = {
    "recorded": N_("as recorded until"), "effective": N_("as known today to be true by"),
    "position": N_("up to the position"),
}  # fmt: skip


def asked_moment(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """The words of the job for a day: what was recorded until its end, or what is known now to be true by it."""
    words = dict(words)
    written, known, name = words.pop("day", ""), words.pop("known", ""), words.pop("name", "")
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise InvalidValue("is no day; write it as 2026-05-31", field="day", value=written) from None
    if known not in (THEN, TODAY):
        raise InvalidValue("choose what was known", field="known")
    made = name or f"d{day:%Y%m%d}_{known}"
    if known == TODAY:
        return {"name": made, "effective": day.isoformat()}
    end = datetime.combine(day + timedelta(days=1), time(), visit.door.zone())
    return {"name": made, "recorded": end.isoformat()}


def books(visit: Visit) -> Shown:
    """What was built as of a moment."""
    return Shown("maintenance/books.html", {"built": visit.ask(ListAsOf).items, "build": BuildAsOf, "drop": DropAsOf,
                                            "kinds": KINDS, "compare": CompareBalances})  # fmt: skip


def compare(visit: Visit) -> Shown:
    """Accounts whose balances differ."""
    earlier, later = visit.query.get("earlier", ""), visit.query.get("later", "")
    page = None
    if earlier:
        page = visit.ask(CompareBalances, earlier=earlier, later=later, limit=AT_ONCE,
                         after=visit.query.get("after", ""))  # fmt: skip
    shown = {"built": visit.ask(ListAsOf).items, "earlier": earlier, "later": later, "page": page, "kinds": KINDS}
    return Shown("maintenance/compare.html", shown)


PAGES = (Page(BOOKS, books, ListAsOf), Page(f"{BOOKS}/compare", compare, CompareBalances))
