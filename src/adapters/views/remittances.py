"""Remittances: money that came in and that nobody recognises yet, whose it may be, and what was done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from adapters.bootstrap.application import Application
from adapters.views.persons import Persons, owners
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money
from billing_core.payments.guesses import Guess, Sign
from billing_core.payments.matching import MoneySigns
from billing_core.payments.matching_rules import MatchingRules
from billing_core.payments.remittances import RemittanceReceived, remittance_stream
from commands.payments.matching_rules import load_matching_rules
from commands.payments.remittances import load_remittance
from commands.platform.bus import Seen
from commands.platform.concerns import HOUSE, Concerns
from projections.platform.projection import Cursor
from projections.remittances.guesses import Unmatched, first_guesses, guesses
from projections.remittances.payers import PayerAccountRow, payer_accounts_of
from projections.remittances.queue import (
    RemittanceActRow,
    RemittanceRow,
    acts_of,
    last_acts_of,
    place_of,
    remittance_named,
    remittances_after,
    waiting_totals,
)

MOST_LAST = 5

# --- what is asked

# A guess in a list has so many signs for it.
FEWEST_SIGNS = 2


class ListRemittances(Listing, frozen=True, kw_only=True):
    """Remittances with something that waits, the oldest first; with `all` also the others.

    Each that waits comes with the account that it is likeliest for, if numbers or the payer's bank account lead to one.
    """

    all: bool = False


class ShowRemittance(Query, frozen=True, kw_only=True):
    """One remittance: what the payer said, what was done with it, and whose it may be, ranked, with the reasons.

    `remittance` is `source:reference`. Nothing is ever assigned by a guess.
    """

    remittance: str


class ShowRemittanceTotals(Query, frozen=True, kw_only=True):
    """How many remittances wait and how much of them, by currency, and what the one who asks did last."""


class ListPayerAccounts(Query, frozen=True, kw_only=True):
    """The bank accounts that are known to pay for an account."""

    account: str


class ShowMatchingRules(Query, frozen=True, kw_only=True):
    """By which signs, in which order, the payments of a seller find their account."""

    seller: str


# --- what is answered


class FirstGuess(msgspec.Struct):
    """The account that a remittance is likeliest for: so many of its signs agree."""

    account: str
    customer: str
    name: str
    agreeing: int
    signs: int


class ListedRemittance(msgspec.Struct):
    """A remittance with what its stream says of the payer, what was done with it, and the likeliest account."""

    remittance: str
    received_on: date
    method: str
    amount: Money
    waiting: Money
    state: str
    payment_reference: str
    payer: str
    payer_account: str
    message: str
    acts: list[RemittanceActRow]
    guess: FirstGuess | None = None


class RankedGuess(msgspec.Struct):
    """An account that money may be for, and how many of the signs that can be judged agree."""

    account: str
    customer: str
    name: str
    balance: Money
    invoice: str
    agreeing: int
    signs: tuple[Sign, ...]
    is_repeated: bool


class ShownRemittance(msgspec.Struct):
    """A remittance with all that is known of it; `version` is that of its stream."""

    remittance: str
    version: int
    received_on: date
    method: str
    amount: Money
    waiting: Money
    state: str
    source: str
    payment_reference: str
    payer: str
    payer_account: str
    message: str
    statement: str
    acts: list[RemittanceActRow]
    guesses: list[RankedGuess]

    def seen(self) -> Seen:
        """The stream at the version that is shown."""
        return Seen(remittance_stream(self.remittance), self.version)


class WaitingInCurrency(msgspec.Struct):
    """How many remittances wait, and how much of them, in one currency."""

    remittances: int
    waiting: Money


class RemittanceTotals(msgspec.Struct):
    """What waits by currency, and the last acts of who asks that hold."""

    totals: list[WaitingInCurrency]
    last: list[RemittanceActRow]


class SellersMatchingRules(msgspec.Struct):
    """The rules of a seller; the usual ones if it set none."""

    seller: str
    rules: MatchingRules
    is_usual: bool


# --- how it is answered


def listed_remittances(
    app: Application, cursor: Cursor, rows: Sequence[RemittanceRow], *, with_guesses: bool = True
) -> list[ListedRemittance]:
    """Remittances with their payers, who are personal and so in no table, and the likeliest accounts."""
    received = _received(app, rows)
    acts = acts_of(cursor, [row.remittance for row in rows])
    waiting = [_unmatched(received[row.remittance], row) for row in rows if row.waiting.amount] if with_guesses else []
    likeliest = first_guesses(cursor, waiting) if waiting else {}
    return [
        ListedRemittance(
            **msgspec.structs.asdict(row), **_said(received[row.remittance]), acts=acts[row.remittance],
            guess=_first(likeliest.get(row.remittance)),
        )
        for row in rows
    ]  # fmt: skip


def _received(app: Application, rows: Sequence[RemittanceRow]) -> Mapping[str, RemittanceReceived]:
    with app.store.transaction() as transaction:
        return {row.remittance: load_remittance(transaction, row.remittance)[0].received for row in rows}


def _said(received: RemittanceReceived) -> dict[str, Any]:
    names = ("payment_reference", "payer", "payer_account", "message")
    return {name: getattr(received, name) for name in names}


def _unmatched(received: RemittanceReceived, row: RemittanceRow) -> Unmatched:
    signs = MoneySigns(
        amount=row.waiting, payment_reference=received.payment_reference, payer_account=received.payer_account,
        message=received.message,
    )  # fmt: skip
    return Unmatched(row.remittance, row.received_on, signs, received.payer)


def _first(guess: Guess | None) -> FirstGuess | None:
    """A list looks at no names, so one sign alone would often point elsewhere than the guesses of the chosen one."""
    if guess is None or guess.agreeing < FEWEST_SIGNS:
        return None
    return FirstGuess(guess.account, guess.customer, guess.name, guess.agreeing, len(guess.signs))


def _list_remittances(query: ListRemittances, reading: Reading) -> Page[ListedRemittance]:
    with reading.source.cursor() as cursor:
        found = remittances_after(cursor, query.after, query.limit + 1, waiting_only=not query.all)
        page = page_of(found, query.limit, place_of)
        return Page(listed_remittances(reading.app, cursor, page.items), page.next)


def _show_remittance(query: ShowRemittance, reading: Reading) -> ShownRemittance:
    with reading.source.cursor() as cursor:
        row = remittance_named(cursor, query.remittance)
        if row is None:
            raise NotFound("no such remittance; `billing remittances` lists them", field="remittance",
                           value=query.remittance)  # fmt: skip
        with reading.app.store.transaction() as transaction:
            remittance, version = load_remittance(transaction, query.remittance)
        received = remittance.received
        found = guesses(cursor, _unmatched(received, row)) if row.waiting.amount else []
        acts = acts_of(cursor, [query.remittance])[query.remittance]
    return ShownRemittance(
        **msgspec.structs.asdict(row), version=version, source=received.source, statement=received.statement,
        **_said(received), acts=acts, guesses=[_ranked(guess) for guess in found],
    )  # fmt: skip


def _ranked(guess: Guess) -> RankedGuess:
    return RankedGuess(guess.account, guess.customer, guess.name, guess.balance, guess.invoice, guess.agreeing,
                       guess.signs, guess.is_repeated)  # fmt: skip


def _show_totals(query: ShowRemittanceTotals, reading: Reading) -> RemittanceTotals:
    with reading.source.cursor() as cursor:
        totals = [WaitingInCurrency(number, amount) for number, amount in waiting_totals(cursor).values()]
        return RemittanceTotals(totals, last_acts_of(cursor, reading.actor, MOST_LAST))


def _list_payer_accounts(query: ListPayerAccounts, reading: Reading) -> Page[PayerAccountRow]:
    with reading.source.cursor() as cursor:
        return Page(payer_accounts_of(cursor, query.account), None)


def _show_rules(query: ShowMatchingRules, reading: Reading) -> SellersMatchingRules:
    with reading.app.store.transaction() as transaction:
        rules = load_matching_rules(transaction, query.seller)
    return SellersMatchingRules(query.seller, rules, rules == MatchingRules())


def _of_page(query: ListRemittances, page: Page[ListedRemittance], reading: Reading) -> list[str]:
    """A guess names a customer, and what was assigned tells of the owner of the account."""
    accounts = {act.account for row in page.items for act in row.acts if act.account}
    return sorted({*owners(accounts, reading), *(row.guess.customer for row in page.items if row.guess)})


def _of_one(query: ShowRemittance, shown: ShownRemittance, reading: Reading) -> list[str]:
    accounts = {act.account for act in shown.acts if act.account}
    return sorted({*owners(accounts, reading), *(guess.customer for guess in shown.guesses)})


PERSONS: Persons = {
    ListRemittances: _of_page,
    ShowRemittance: _of_one,
    ListPayerAccounts: lambda query, page, reading: owners([query.account], reading) if page.items else [],
}
QUERIES: Queries = {
    ListRemittances: _list_remittances,
    ShowRemittance: _show_remittance,
    ShowRemittanceTotals: _show_totals,
    ListPayerAccounts: _list_payer_accounts,
    ShowMatchingRules: _show_rules,
}
CONCERNS: Concerns = dict.fromkeys((ListRemittances, ShowRemittance, ShowRemittanceTotals, ShowMatchingRules), HOUSE)
