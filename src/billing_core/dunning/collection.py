"""Collection: items that an agency collects, the file by which it learns of them, and what it pays.

An item in collection climbs no further and is not messaged, but it still suspends: it is open. It leaves collection
when it is taken back; an item that was paid just has nothing open any more.

    10 May    invoices 7 and 8 are handed to agency rapid
    11 May    file 1 is drawn up                      7 and 8, with what is open of them
    12 May    8 is taken back, 9 is handed            file 2 has 9 alone
    20 May    rapid pays 40.00 on 7, its fee is 8.00  a payment of source agency/rapid, and the fee on record

Decides neither who is to be handed over (a step of the ladder, or a person), nor how the file looks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.parties.details import require_text
from billing_core.payments.ledger import OpenItem

COLLECTION_CLAIM = "collection"
MOST_ITEMS = 1_000
AGENCY_SOURCE = "agency"

# --- values and events


class CollectionAgency(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who collects debts for the house, and in words on which terms."""

    code: str
    name: str
    terms: str = ""


@event("collection-agency-set")
class CollectionAgencySet(Event, frozen=True, kw_only=True):
    """From now on an agency has these details."""

    agency: CollectionAgency


class HandedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as it was handed over: when it was due, and what was open of it."""

    invoice: str
    due_on: date
    open: Money


@event("handed-to-collection")
class HandedToCollection(Event, frozen=True, kw_only=True):
    """An agency collects these invoices from now on."""

    agency: str
    items: tuple[HandedItem, ...]

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """One for each item by agency and day, so that the next file finds all that was handed over."""
        account = stream.partition("/")[2]
        return tuple(
            Claim(COLLECTION_CLAIM, hand_over_key(self.agency, self.effective_on, account, item.invoice), stream, "")
            for item in self.items
        )


@event("taken-back-from-collection")
class TakenBackFromCollection(Event, frozen=True, kw_only=True):
    """The agency no longer collects these invoices."""

    agency: str
    invoices: tuple[str, ...]
    reason: str


@event("agency-fee-noted")
class AgencyFeeNoted(Event, frozen=True, kw_only=True):
    """The agency keeps or bills so much for a payment that it collected; the customer does not owe it."""

    agency: str
    payment: str
    invoice: str
    fee: Money


class BatchItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a hand-over file, with what was open of it when the file was drawn up."""

    account: str
    invoice: str
    handed_on: date
    due_on: date
    open: Money


@event("collection-batch-drawn-up")
class CollectionBatchDrawnUp(Event, frozen=True, kw_only=True):
    """The next hand-over file of an agency: what was handed to it since the last one, and is still to be collected."""

    agency: str
    number: int
    items: tuple[BatchItem, ...]


# --- state


class Batches(msgspec.Struct, frozen=True):
    """The last file of an agency, and the items handed over around its day that stand on a file already."""

    number: int = 0
    drawn_up_on: date | None = None
    recent: frozenset[str] = frozenset()


def apply_agency(state: CollectionAgency | None, fact: Event) -> CollectionAgency | None:
    """Fold one event of an agency's stream."""
    return fact.agency if isinstance(fact, CollectionAgencySet) else state


def apply_batches(state: Batches | None, fact: Event) -> Batches | None:
    """Fold one event of the files of an agency."""
    if not isinstance(fact, CollectionBatchDrawnUp):
        return state
    since = looked_at_from(fact.effective_on)
    known = state.recent if state else frozenset()
    listed = {hand_over_key(fact.agency, item.handed_on, item.account, item.invoice) for item in fact.items}
    kept = frozenset(key for key in known | listed if handed_on_of(key) >= since)
    return Batches(fact.number, fact.effective_on, kept)


def looked_at_from(drawn_up_on: date) -> date:
    """The first day of which hand-overs may have come too late for a file: the business day before it."""
    return drawn_up_on - timedelta(days=1)


# --- decisions


def hand_over_key(agency: str, on: date, account: str, invoice: str) -> str:
    """The key of a hand-over: agency, day, account and invoice."""
    return f"{agency}/{on}/{account}/{invoice}"


def handed_on_of(key: str) -> date:
    """The day in the key of a hand-over."""
    return date.fromisoformat(key.split("/")[1])


def set_agency(known: CollectionAgency | None, agency: CollectionAgency, on: date) -> list[Event]:
    """Details of an agency; those that hold already change nothing."""
    require_text(agency.code, "agency")
    require_text(agency.name, "name")
    if "/" in agency.code or ":" in agency.code:
        raise InvalidValue("must hold neither a slash nor a colon, which part the words of its payments",
                           field="agency", value=agency.code)  # fmt: skip
    return [] if agency == known else [CollectionAgencySet(effective_on=on, agency=agency)]


def found_agency(agency: CollectionAgency | None, code: str) -> CollectionAgency:
    """The agency of a code, or `NotFound`."""
    if agency is None:
        raise NotFound("no such collection agency; set its details first", field="agency", value=code)
    return agency


def hand_over(
    collected: Mapping[str, str], open_items: Mapping[str, OpenItem], invoices: Sequence[str], agency: str, on: date
) -> list[Event]:
    """Hand overdue items to an agency; `collected` says which agency has which invoice already."""
    if not 1 <= len(set(invoices)) <= MOST_ITEMS:
        raise InvalidValue(f"must be 1 to {MOST_ITEMS}", field="number of invoices", value=len(set(invoices)))
    items = tuple(_handed(collected, open_items, invoice, on) for invoice in sorted(set(invoices)))
    return [HandedToCollection(effective_on=on, agency=agency, items=items)]


def take_back(collected: Mapping[str, str], invoices: Sequence[str], reason: str, on: date) -> list[Event]:
    """Take items back from the agencies that have them."""
    require_text(reason, "reason")
    by_agency: dict[str, list[str]] = {}
    for invoice in sorted(set(invoices)):
        by_agency.setdefault(_agency_of(collected, invoice), []).append(invoice)
    if not by_agency:
        raise InvalidValue("must be 1 at least", field="number of invoices", value=0)
    return [
        TakenBackFromCollection(effective_on=on, agency=agency, invoices=tuple(taken), reason=reason)
        for agency, taken in sorted(by_agency.items())
    ]


def draw_up(known: Batches | None, agency: str, items: Collection[BatchItem], on: date) -> list[Event]:
    """The next file of an agency, in the order of accounts and due dates."""
    if not items:
        raise RuleViolation("has been handed nothing since its last file", field="agency", value=agency)
    ordered = tuple(sorted(items, key=lambda item: (item.account, item.due_on, item.invoice)))
    number = (known.number if known else 0) + 1
    return [CollectionBatchDrawnUp(effective_on=on, agency=agency, number=number, items=ordered)]


def agency_fee(collected: Mapping[str, str], agency: str, payment: str, invoice: str, fee: Money, on: date
) -> list[Event]:  # fmt: skip
    """The fee of a payment on an item that the agency has; none of zero."""
    if _agency_of(collected, invoice) != agency:
        raise RuleViolation(f"is collected by agency {collected[invoice]}", field="invoice", value=invoice)
    if fee.amount < Decimal(0):
        raise InvalidValue("must not be negative", field="fee", value=fee)
    if not fee.amount:
        return []
    return [AgencyFeeNoted(effective_on=on, agency=agency, payment=payment, invoice=invoice, fee=fee)]


def payment_source(agency: str) -> str:
    """The source of the payments of an agency."""
    return f"{AGENCY_SOURCE}/{agency}"


# --- parts


def _handed(collected: Mapping[str, str], open_items: Mapping[str, OpenItem], invoice: str, on: date) -> HandedItem:
    item = open_items.get(invoice)
    if item is None:
        raise NotFound("the account has no open invoice of this number", field="invoice", value=invoice)
    if item.due_on >= on:
        raise RuleViolation(f"is due on {item.due_on} and so not overdue; only overdue items are collected",
                            field="invoice", value=invoice)  # fmt: skip
    if invoice in collected:
        raise RuleViolation(f"is collected by agency {collected[invoice]} already; take it back first",
                            field="invoice", value=invoice)  # fmt: skip
    return HandedItem(invoice=invoice, due_on=item.due_on, open=item.amount)


def _agency_of(collected: Mapping[str, str], invoice: str) -> str:
    if invoice not in collected:
        raise NotFound("no agency collects this invoice; hand it over first. Money that one sends all the same is "
                       "recorded by `receive-payment`", field="invoice", value=invoice)  # fmt: skip
    return collected[invoice]
