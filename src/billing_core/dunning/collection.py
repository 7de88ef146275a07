"""Collection: items that an agency collects, the file by which it learns of them, and what it pays.

An item in collection climbs no further and is not messaged, but it still suspends: it is open. It leaves collection
when it is taken back; an item that was paid just has nothing open any more.

    10 May    invoices 7 and 8 are handed to agency rapid
    11 May    file 1 is drawn up                      7 and 8, with what is open of them
    12 May    8 is taken back, 9 and 10 are handed
    13 May    10 is disputed                          file 2 has 9 alone, and says that it holds 10 back
    20 May    rapid pays 40.00 on 7, its fee is 8.00  a payment of source agency/rapid, and the fee on record
    25 May    the dispute over 10 is settled          file 3 has 10, if it is still owed

Decides neither who is to be handed over (a step of the ladder, or a person), nor how the file looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

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
    """The agency keeps or bills so much for a payment that it collected; the customer does not owe it.

    `before` is what was noted before for the same payment, and was wrong.
    """

    agency: str
    payment: str
    invoice: str
    fee: Money
    before: Money | None = None


class BatchItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a hand-over file, with what was open of it when the file was drawn up."""

    account: str
    invoice: str
    handed_on: date
    due_on: date
    open: Money


@event("collection-batch-drawn-up")
class CollectionBatchDrawnUp(Event, frozen=True, kw_only=True):
    """The next hand-over file of an agency: what was handed to it since the last one, and is still to be collected.

    `held` are items that are disputed, promised or paused: the first file after that has them.
    """

    agency: str
    number: int
    items: tuple[BatchItem, ...]
    held: tuple[BatchItem, ...] = ()


# --- state


class Batches(msgspec.Struct, frozen=True):
    """The last file of an agency, hand-overs around its day that stand on a file already, and those it held back."""

    number: int = 0
    drawn_up_on: date | None = None
    recent: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


class NextFile(NamedTuple):
    """What the next file of an agency may have: items that it lists, and items that it holds back."""

    items: Sequence[BatchItem]
    held: Sequence[BatchItem] = ()


def apply_agency(state: CollectionAgency | None, fact: Event) -> CollectionAgency | None:
    """Fold one event of an agency's stream."""
    return fact.agency if isinstance(fact, CollectionAgencySet) else state


def apply_batches(state: Batches | None, fact: Event) -> Batches | None:
    """Fold one event of the files of an agency."""
    if not isinstance(fact, CollectionBatchDrawnUp):
        return state
    since = looked_at_from(fact.effective_on)
    known = state.recent if state else frozenset()
    listed, held = (frozenset(_key_of(fact.agency, item) for item in items) for items in (fact.items, fact.held))
    kept = frozenset(key for key in known | listed if handed_on_of(key) >= since)
    return Batches(fact.number, fact.effective_on, kept, held)


def _key_of(agency: str, item: BatchItem) -> str:
    return hand_over_key(agency, item.handed_on, item.account, item.invoice)


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


def not_listed(known: Batches | None, keys: Iterable[str]) -> list[str]:
    """The newest hand-over of each item among those since the last file, unless a file has it.

    What the last file held back is among them. An item that was taken back and handed over again is listed once.
    """
    known = known or Batches()
    newest: dict[tuple[str, ...], str] = {}
    for key in sorted({*keys, *known.held}):
        newest[tuple(key.split("/")[2:])] = key
    return [key for key in newest.values() if key not in known.recent]


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


def draw_up(known: Batches | None, agency: str, found: NextFile, on: date) -> list[Event]:
    """The next file of an agency, in the order of accounts and due dates."""
    if not found.items:
        but = (
            f" but {len(found.held)} that are disputed, promised or paused: a file has them after that"
            if found.held
            else ""
        )
        raise RuleViolation(f"has been handed nothing since its last file{but}", field="agency", value=agency)
    items, held = (tuple(sorted(each, key=lambda item: (item.account, item.due_on, item.invoice))) for each in found)
    number = (known.number if known else 0) + 1
    return [CollectionBatchDrawnUp(effective_on=on, agency=agency, number=number, items=items, held=held)]


def agency_fee(collected: Mapping[str, str], fact: AgencyFeeNoted, paid: Money) -> list[Event]:
    """The fee of a payment on an item that the agency has, not more than what was paid; none of zero."""
    if _agency_of(collected, fact.invoice) != fact.agency:
        raise RuleViolation(f"is collected by agency {collected[fact.invoice]}", field="invoice", value=fact.invoice)
    return [_possible(fact, paid)] if fact.fee.amount else []


def correct_fee(known: AgencyFeeNoted, fact: AgencyFeeNoted, paid: Money) -> list[Event]:
    """Another fee of a payment takes the place of the one that was noted; the same one changes nothing."""
    if fact.fee == known.fee:
        return []
    return [_possible(msgspec.structs.replace(fact, invoice=known.invoice, before=known.fee), paid)]


def _possible(fact: AgencyFeeNoted, paid: Money) -> AgencyFeeNoted:
    if fact.fee.amount < Decimal(0):
        raise InvalidValue("must not be negative", field="fee", value=fact.fee)
    if fact.fee > paid:
        raise RuleViolation(f"is more than the {paid} that were paid; give the fee of this payment alone, and look "
                            "whether the columns of amount and fee are exchanged", field="fee",
                            value=fact.fee)  # fmt: skip
    return fact


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
