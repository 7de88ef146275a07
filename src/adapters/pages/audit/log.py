"""The LOG as a page: what is looked for stands in the address; also as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.pages.forms import Choice, Field
from adapters.pages.lists import cell_of_csv
from adapters.pages.page import N_, Entry, Shown
from adapters.pages.typed import day_typed
from adapters.pages.visit import Visit
from adapters.views.audit import Change, ListChanges, ListPersonalReads, ListRefusedAttempts, ShowChange
from adapters.views.maintenance import ShowLog
from billing_core.kernel.events import kinds_by_name

AT_ONCE, OF_CSV, MOST_OF_CSV = 50, 1_000, 100_000
ENTRY = Entry(N_("LOG"), "/log", "log", ListChanges, (3, 3), "l")
WORDS = ("customer", "dealer", "stream", "actor", "event", "group", "source", "correlation")
GROUPS = (
    Choice("money", N_("Money")), Choice("services", N_("Services")), Choice("prices", N_("Prices")),
    Choice("customers", N_("Customers")), Choice("rights", N_("Rights and sign-ins")), Choice("work", N_("Work")),
)  # fmt: skip
HEADS = ("position", "recorded_at", "actor", "requested_by", "role", "channel", "source", "stream", "event",
         "effective_on", "what", "correlation_id")  # fmt: skip


@cache
def kinds() -> tuple[Choice, ...]:
    """Kinds of events in order of their names in words."""
    return tuple(Choice(name, name.replace("-", " ").capitalize()) for name in sorted(kinds_by_name()))


FILTERS = (
    Field("actor", N_("Who"), width=2),
    Field("group", N_("What"), "choice", choices=GROUPS, width=3),
    Field("event", N_("Kind of event"), width=3),
    Field("customer", N_("Customer"), width=2),
    Field("since", N_("From"), "day", width=2),
    Field("until", N_("To"), "day", width=2),
    Field("source", N_("From where"), hint=N_("Address or machine"), width=2),
)


def log(visit: Visit) -> Shown | Response:
    """The newest entries that fit."""
    if visit.query.get("form") == "csv":
        return _as_csv(visit)
    page = visit.ask(ListChanges, **_words(visit), limit=AT_ONCE, before=visit.query.get("after", ""))
    card = visit.ask(ShowLog) if visit.may(ShowLog) else None
    shown = {
        "changes": page.items, "next": page.next, "card": card, "about": about, "kinds": kinds(), "groups": GROUPS,
        "filters": [(field, visit.query.get(field.name, "")) for field in FILTERS],
        "money": {change.position: money_of(change) for change in page.items},
        "others": [name for name in ("stream", "correlation", "dealer") if visit.query.get(name)],
        "refused": ListRefusedAttempts, "reads": ListPersonalReads, "entry": ShowChange,
    }  # fmt: skip
    return Shown("audit/log.html", shown)


def _words(visit: Visit) -> dict[str, Any]:
    words: dict[str, Any] = {name: visit.query.get(name, "").strip() for name in WORDS}
    zone = visit.door.zone()
    for name, later in (("since", 0), ("until", 1)):
        typed = visit.query.get(name, "").strip()
        if not typed:
            continue
        written = day_typed(typed, visit.today)
        try:
            day = datetime.combine(datetime.fromisoformat(written).date(), time(), zone) + timedelta(days=later)
        except ValueError:
            words[name] = written
        else:
            words[name] = day.isoformat()
    return words


def about(change: Change) -> str:
    """The page of what a change is about, if there is one: a customer's card, or all changes of the thing."""
    kind, _, number = change.stream.partition("/")
    return f"/customers/{quote(number)}" if kind == "customer" else f"/log?stream={quote(change.stream)}"


def money_of(change: Change) -> str:
    """The amount that a change is about, as it is kept: of a payment or document, or the sum of its charges."""
    for name in ("amount", "gross", "total"):
        found = change.content.get(name)
        if isinstance(found, dict) and "currency" in found:
            return f"{found['amount']} {found['currency']}"
    charged = [charge["amount"] for charge in change.content.get("charges", ()) if "amount" in charge]
    if charged and all(isinstance(amount, dict) for amount in charged):
        return f"{sum(Decimal(amount['amount']) for amount in charged)} {charged[0]['currency']}"
    return ""


def _as_csv(visit: Visit) -> Response:
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(HEADS)
    for change in _all(visit):
        writer.writerow([cell_of_csv(getattr(change, head)) for head in HEADS])
    headers = {"Content-Disposition": 'attachment; filename="log.csv"'}
    return Response("\ufeff" + content.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _all(visit: Visit) -> Iterator[Change]:
    words, before, count = _words(visit), "", 0
    while count < MOST_OF_CSV:
        page = visit.ask(ListChanges, **words, limit=OF_CSV, before=before)
        yield from page.items
        count += len(page.items)
        if page.next is None:
            return
        before = page.next
