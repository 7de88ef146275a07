"""Cards: the stored card of an account, card payments, refused callbacks, the terms of a seller."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.persons import Persons, owners
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.cards.terms import CardTerms
from commands.accounts import load_account
from commands.cards.streams import load_card, load_card_terms
from commands.platform.concerns import HOUSE, LISTED, Concerns
from commands.platform.ports import Transaction
from projections.cards.callbacks import RefusedCallbackRow, refused_callbacks
from projections.cards.payments import CardPaymentRow, WantedCardPayments, card_payments_after

# --- what is asked


class ShowStoredCard(Query, frozen=True, kw_only=True):
    """The stored card of an account: brand, last four digits and last month, and when it is charged again."""

    account: str


class ListCardPayments(Listing, frozen=True, kw_only=True):
    """Card payments in order of name: those that need somebody, or with `all` every one.

    They need somebody if they wait, failed, are doubted or disputed, or have a refund that is not done. `state` is one
    of asked, waiting, succeeded, failed, doubted, or of a dispute: inquiry, open, won, lost.
    """

    account: str = ""
    state: str = ""
    all: bool = False


class ListRefusedCallbacks(Query, frozen=True, kw_only=True):
    """The newest callbacks of gateways that were refused, and why."""

    limit: int = 100


class ShowCardTerms(Query, frozen=True, kw_only=True):
    """On which terms the stored cards of a seller's customers are charged."""

    seller: str


# --- what is answered


class StoredCard(msgspec.Struct):
    """A stored card; `pending` is the card payment that is under way, `is_stopped` that another card is needed."""

    account: str
    gateway: str
    brand: str
    last_four: str
    expires: str
    stored_on: date | None
    agreed: str
    pending: str
    next_try_on: date | None
    is_stopped: bool
    is_stored: bool


class SellersCardTerms(msgspec.Struct):
    """The terms of a seller for stored cards."""

    seller: str
    terms: CardTerms


class RefusedCallbacksFound(msgspec.Struct):
    """Callbacks that were refused, the newest first."""

    items: list[RefusedCallbackRow]


# --- answers


def _show_card(query: ShowStoredCard, reading: Reading) -> StoredCard:
    def seen(transaction: Transaction) -> StoredCard:
        load_account(transaction, query.account)
        known, _ = load_card(transaction, query.account)
        card = None if known is None else known.card
        pending = "" if known is None or known.pending is None else known.pending.card_payment
        if known is None or card is None:
            return StoredCard(query.account, "", "", "", "", None, "", pending, None, is_stopped=False, is_stored=False)
        return StoredCard(
            query.account, card.gateway, card.brand, card.last_four, card.expires, card.effective_on, card.agreed,
            pending, known.next_try_on, is_stopped=known.is_stopped, is_stored=True,
        )  # fmt: skip

    return reading.app.bus.look(seen)


def _list_payments(query: ListCardPayments, reading: Reading) -> Page[CardPaymentRow]:
    open_only = not query.all and not query.state
    wanted = WantedCardPayments(query.account, query.state, open_only=open_only, dealer=reading.dealer)
    with reading.source.cursor() as cursor:
        found = card_payments_after(cursor, wanted, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.card_payment)


def _list_refused(query: ListRefusedCallbacks, reading: Reading) -> RefusedCallbacksFound:
    with reading.source.cursor() as cursor:
        return RefusedCallbacksFound(refused_callbacks(cursor, min(query.limit, 1_000)))


def _show_terms(query: ShowCardTerms, reading: Reading) -> SellersCardTerms:
    terms = reading.app.bus.look(lambda transaction: load_card_terms(transaction, query.seller))
    return SellersCardTerms(query.seller, terms)


QUERIES: Queries = {
    ShowStoredCard: _show_card,
    ListCardPayments: _list_payments,
    ListRefusedCallbacks: _list_refused,
    ShowCardTerms: _show_terms,
}
CONCERNS: Concerns = {ListCardPayments: LISTED, ListRefusedCallbacks: HOUSE, ShowCardTerms: HOUSE}
PERSONS: Persons = {ShowStoredCard: lambda query, card, reading: owners([query.account], reading)}
