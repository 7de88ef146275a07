"""How the promises of an account ended, with the days late and the score."""

from __future__ import annotations

from adapters.pages.accounts.owner import card_of
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.promises import ShowPromiseHistory


def promise_history(visit: Visit) -> Shown:
    """Every promise, the newest first."""
    history = visit.ask(ShowPromiseHistory, account=visit.path["account"])
    return Shown("accounts/promises.html", {
        "account": visit.path["account"], "history": history, "newest": history.promises[::-1], "card": card_of(visit),
    })  # fmt: skip


PAGES = (Page("/accounts/{account}/promises", promise_history, ShowPromiseHistory),)
