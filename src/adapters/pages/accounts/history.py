"""The whole history of an account: every posting that led to the balance, the newest first."""

from __future__ import annotations

from adapters.pages.page import Page, Shown
from adapters.pages.parties.explaining import EXPLAINING
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowAccount
from adapters.views.explained_postings import ExplainPosting
from adapters.views.income import StateAccount

SHOWN, MOST = 50, 1_000


def history(visit: Visit) -> Shown:
    """The last postings, or with `?all=1` so many as are answered at once."""
    limit = MOST if visit.query.get("all") else SHOWN
    statement = visit.ask(ShowAccount, account=visit.path["account"], limit=limit)
    number = visit.query.get("why", "").removeprefix("posting-")
    is_shown = any(str(posting.number) == number for posting in statement.postings)
    explained = None
    if is_shown and visit.may(ExplainPosting):
        explained = visit.ask(ExplainPosting, account=statement.account, number=number)
    return Shown("accounts/history.html", {
        "statement": statement, "explained": explained, "is_cut": bool(statement.earlier) and limit == SHOWN,
        "asks": EXPLAINING, "commands": {"StateAccount": StateAccount},
    })  # fmt: skip


PAGES = (Page("/accounts/{account}", history, ShowAccount),)
