"""The technician's day on a phone: own tickets and those of the crew, each with its step; it works without a network.

A worker in the browser keeps the pages of these tickets. What is sent without a network waits on the phone and is sent
when there is one again: a form carries the id of its command, so it is done once, however often it is sent.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import FileResponse, Response

from adapters.pages.assets import OWN, address
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.pages.work.states import state_of
from adapters.views.work.appointments import ListAppointments
from adapters.views.work.tickets import ShowMyWork

MOST = 50


def my_work(visit: Visit) -> Shown:
    """What is to be done by who asks: visits of today first."""
    work = visit.ask(ShowMyWork)
    visits = [
        found
        for crew in work.crews if visit.may(ListAppointments)
        for found in visit.ask(ListAppointments, crew=crew, **{"from": visit.today}, limit=MOST).items
    ]  # fmt: skip
    now = datetime.now(UTC)
    return Shown("work/my-work.html", {
        "work": work, "visits": visits, "state_of": lambda ticket: state_of(ticket, now),
        "groups": [("assigned", work.assigned), ("of_crews", work.of_crews), ("watched", work.watched)],
    })  # fmt: skip


def worker(visit: Visit) -> Response:
    """The script of the worker, which may see all pages, so that it can keep those of tickets."""
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return FileResponse(OWN / "visits-worker.js", media_type="text/javascript", headers=headers)


def assets_kept(visit: Visit) -> Response:
    """What the worker keeps of the assets."""
    folder = address()
    names = ("tokens.css", "pages.js", "visits.js", "assets/bootstrap.min.css", "assets/htmx.min.js")
    return Response("\n".join(f"{folder}/{name}" for name in names), media_type="text/plain")


PAGES = (
    Page("/my-work", my_work, ShowMyWork),
    Page("/my-work/worker.js", worker, ShowMyWork),
    Page("/my-work/assets", assets_kept, ShowMyWork),
)
