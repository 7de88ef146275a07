"""Promised payments: those of all accounts, whether an account may promise and what speaks against it, its history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.money import Money, require_amount
from billing_core.promises import Asked, Objection, objections_to
from billing_core.promises.decisions import amounts_of
from billing_core.promises.history import PromiseHistory, history_of
from billing_core.promises.terms import PromiseTerms
from commands.accounts import account_stream
from commands.platform.concerns import HOUSE, LISTED, Concerns
from commands.promises import load_promising, load_terms, price_with_vat
from projections.promises import PromiseRow, promises_after

# --- what is asked


class ListPromises(Listing, frozen=True, kw_only=True):
    """The newest promise of each account if it is open; with `all` also how others ended."""

    all: bool = False


class CheckPromise(Query, frozen=True, kw_only=True):
    """Whether an account may promise today, and every reason against it, without opening anything.

    It may name what is to be promised: what is owed, or `amount` of it, by the date `until`, or in equal parts by
    `dates`, separated by commas. Without a date only whether a promise is possible at all.
    """

    account: str
    until: date | None = None
    amount: Decimal | None = None
    dates: str = ""


class ShowPromiseHistory(Query, frozen=True, kw_only=True):
    """The promises of an account and how they ended, the oldest first, with days late and a score."""

    account: str


class ShowPromiseTerms(Query, frozen=True, kw_only=True):
    """On which terms the customers of a seller may promise; without terms they may not."""

    seller: str


# --- what is answered


class SellersPromiseTerms(msgspec.Struct):
    """The terms of a seller for promised payments, if it has any."""

    seller: str
    terms: PromiseTerms | None


class PromisePartCheck(msgspec.Struct):
    """A part that would be promised."""

    until_on: date
    amount: Money


class PromiseCheck(msgspec.Struct):
    """Whether a promise is possible today, and the terms for it.

    `possible_on` is the first day on which no reason stands any more, if time alone brings it. `price` is with VAT;
    `pay_first` what is to be paid today before the rest may be promised.
    """

    is_possible: bool
    objections: list[Objection]
    possible_on: date | None
    owed: Money
    pay_first: Money | None
    last_on: date | None
    price: Money | None
    parts: list[PromisePartCheck]
    terms: PromiseTerms | None


# --- answers


def _list_promises(query: ListPromises, reading: Reading) -> Page[PromiseRow]:
    with reading.source.cursor() as cursor:
        found = promises_after(cursor, query.after, query.limit + 1, open_only=not query.all, dealer=reading.dealer)
    return page_of(found, query.limit, lambda row: row.account)


def _check_promise(query: CheckPromise, reading: Reading) -> PromiseCheck:
    on, dates = reading.today, _dates(query)
    account, _, terms, debtor = reading.app.bus.look(
        lambda transaction: load_promising(transaction, query.account, on)
    )  # fmt: skip
    amount = debtor.owed if query.amount is None else require_amount(query.amount, account.currency, "amount")
    parts = amounts_of(amount, dates, ()) if dates and amount.amount > 0 else [amount for _ in dates]
    objections = objections_to(account.promises, terms, debtor, Asked(amount=amount, dates=dates), on)
    return PromiseCheck(
        is_possible=not objections, objections=objections, possible_on=possible_on(objections), owed=debtor.owed,
        pay_first=next((each.missing for each in objections if each.missing is not None), None),
        last_on=None if terms is None else on + timedelta(days=terms.most_days),
        price=None if terms is None else price_with_vat(terms, account.currency),
        parts=[PromisePartCheck(until_on, part) for until_on, part in zip(dates, parts, strict=True)], terms=terms,
    )  # fmt: skip


def _dates(query: CheckPromise) -> tuple[date, ...]:
    """The dates that are named, in the order in which they are written."""
    if not query.dates:
        return () if query.until is None else (query.until,)
    try:
        return tuple(date.fromisoformat(each.strip()) for each in query.dates.split(","))
    except ValueError:
        raise InvalidValue("must be dates separated by commas, such as 2026-03-09,2026-04-09", field="dates",
                           value=query.dates) from None  # fmt: skip


def _show_terms(query: ShowPromiseTerms, reading: Reading) -> SellersPromiseTerms:
    terms = reading.app.bus.look(lambda transaction: load_terms(transaction, query.seller))
    return SellersPromiseTerms(query.seller, terms)


def possible_on(objections: list[Objection]) -> date | None:
    """The latest of the days on which the reasons end; None if one of them does not end by itself, or there is none.

    once a month until 1 April, cool-down until 9 April    9 April
    """
    days = [each.possible_on for each in objections]
    return None if not days or None in days else max(day for day in days if day is not None)


def _show_history(query: ShowPromiseHistory, reading: Reading) -> PromiseHistory:
    events = list(reading.source.events_of(account_stream(query.account)))
    if not events:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
    return history_of(events, reading.today)


QUERIES: Queries = {
    ListPromises: _list_promises,
    CheckPromise: _check_promise,
    ShowPromiseHistory: _show_history,
    ShowPromiseTerms: _show_terms,
}
CONCERNS: Concerns = {ListPromises: LISTED, ShowPromiseTerms: HOUSE}
