"""Free times for a visit of a ticket, those with the shortest detours first: each leads to the form that books it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from adapters.pages.page import Page, Shown
from adapters.pages.typed import day_typed
from adapters.pages.visit import Visit
from adapters.pages.work.ticket_forms import crews
from adapters.views.work.plans import FindFreeTimes
from billing_core.work.proposals import Proposal

ASKED = ("job_kind", "minutes", "from", "days", "crew")
AT_FIRST = {"job_kind": "", "minutes": "60", "days": "7", "crew": ""}


class Offer(NamedTuple):
    """A free time in the house's time zone, as pages show times, and the form that books it."""

    proposal: Proposal
    begins_at: datetime
    ends_at: datetime
    address: str


def free_times(visit: Visit) -> Shown:
    """What was asked for, and the free times, once a kind of work is named."""
    asked = (
        AT_FIRST
        | {"from": visit.today.isoformat()}
        | {name: visit.query[name] for name in ASKED if name in visit.query}
    )
    asked["from"] = day_typed(asked["from"], visit.today)
    found = visit.ask(FindFreeTimes, **asked).proposals if asked.get("job_kind") else None
    offers = None if found is None else [_offer(visit, each, asked) for each in found]
    return Shown("work/free-times.html", {"asked": asked, "offers": offers, "crews": crews(visit), **visit.path})


def _offer(visit: Visit, proposal: Proposal, asked: dict[str, str]) -> Offer:
    zone = visit.door.zone()
    begins_at, ends_at = (at.astimezone(zone) for at in (proposal.time.begins_at, proposal.time.ends_at))
    words = {
        "crew": proposal.crew, "job_kind": asked["job_kind"], "minutes": asked["minutes"],
        "begins_at": begins_at.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    return Offer(proposal, begins_at, ends_at, f"/tickets/{visit.path['ticket']}/book?{urlencode(words)}")


PAGES = (Page("/tickets/{ticket}/free-times", free_times, FindFreeTimes),)
