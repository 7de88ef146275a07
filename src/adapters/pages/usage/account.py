"""The usage of an account: a month by service and day with what it cost, and single records."""

from __future__ import annotations

from starlette.responses import Response

from adapters.pages.page import Page, Shown
from adapters.pages.usage.amounts import duration, volume
from adapters.pages.visit import Visit
from adapters.views.usage.explained import ExplainUsage, PrintUsage
from adapters.views.usage.rated import ListFreeUnits
from adapters.views.usage.records import ListRatedRecords


def month(visit: Visit) -> Shown:
    """What was used in a month, by default this one."""
    account = visit.path["account"]
    asked = visit.query.get("month") or f"{visit.today:%Y-%m}"
    return Shown("usage/account.html", {
        "found": visit.ask(ExplainUsage, account=account, month=asked), "month": asked,
        "free": visit.ask(ListFreeUnits, account=account) if visit.may(ListFreeUnits) else [],
        "volume": volume, "duration": duration,
    })  # fmt: skip


def printed(visit: Visit) -> Response:
    """The same on paper."""
    found = visit.ask(PrintUsage, account=visit.path["account"], month=visit.path["month"])
    name = f"usage-{visit.path['account']}-{visit.path['month']}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


def records(visit: Visit) -> Shown:
    """The records of a component on a day, each with its price."""
    found = visit.ask(ListRatedRecords, **visit.path, on=visit.query.get("on", visit.today.isoformat()))
    return Shown("usage/records.html", {"found": found, "duration": duration, "volume": volume})


PAGES = (
    Page("/accounts/{account}/usage", month, ExplainUsage),
    Page("/accounts/{account}/usage/{month}/page", printed, PrintUsage),
    Page("/accounts/{account}/subscriptions/{subscription}/records/{component}", records, ListRatedRecords),
)
