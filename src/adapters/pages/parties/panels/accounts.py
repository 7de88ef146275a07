"""Accounts: the balance of each, and why one of them is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.billing import ListInvoices
from adapters.views.explained_postings import ExplainPosting
from adapters.views.parties import ShowCustomer
from adapters.views.parties.customers import OwnedAccount
from billing_core.kernel.money import Money, total
from projections.billing import DocumentRow
from projections.statements import Posting


class AccountShown(NamedTuple):
    """An account with its debt: what is overdue since when, and what is due next."""

    account: OwnedAccount
    overdue: Money | None
    overdue_days: int
    due: Money | None
    due_in: int


def since_settled(postings: Sequence[Posting]) -> list[Posting]:
    """The postings, the oldest first, since the balance was zero last: from the one that made it so.

    `postings` are the newest first.
    """
    kept: list[Posting] = []
    for posting in postings:
        if not posting.balance.amount and kept:
            kept.append(posting)
            break
        kept.append(posting)
    return kept[::-1]


def _accounts(card: Card) -> dict[str, Any]:
    statement = card.statement
    postings = [] if statement is None else since_settled(statement.postings)
    return {
        "count": len(card.entry.accounts),
        "accounts": [_shown(account, card) for account in card.entry.accounts],
        "knows_debt": card.visit.may(ListInvoices),
        "statement": statement, "postings": postings, "explained": _explained(card, postings),
    }  # fmt: skip


def _shown(account: OwnedAccount, card: Card) -> AccountShown:
    items = [each for each in card.open_items if each.account == account.number]
    overdue = [each for each in items if each.due_on < card.today]
    coming = [each for each in items if each.due_on >= card.today]
    due_on = min((each.due_on for each in coming), default=card.today)
    return AccountShown(
        account, _sum(overdue), max(((card.today - each.due_on).days for each in overdue), default=0),
        _sum([each for each in coming if each.due_on == due_on]), (due_on - card.today).days,
    )  # fmt: skip


def _sum(items: Sequence[DocumentRow]) -> Money | None:
    return total((each.open_amount for each in items), items[0].open_amount.currency) if items else None


def _explained(card: Card, postings: Sequence[Posting]) -> Any:
    """The posting that is unfolded, if one of those shown is."""
    why = card.visit.query.get("why", "")
    number = why.removeprefix("posting-")
    if card.chosen is None or not any(why == f"posting-{each.number}" for each in postings):
        return None
    if not card.visit.may(ExplainPosting):
        return None
    return card.visit.ask(ExplainPosting, account=card.chosen.number, number=number)


ACCOUNTS = Panel("accounts", N_("Accounts"), (ShowCustomer,), _accounts)
