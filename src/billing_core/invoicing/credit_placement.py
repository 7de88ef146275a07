"""Which charges are credits of which invoice, and which are lines of a new one.

- A charge that names the one that it corrects belongs to the invoice of that charge; if that is a credit note, to the
  invoice that the credit note corrects.
- A discount that becomes known after its fee was invoiced belongs to the invoice of the fee.
- A sum of zero or more for an invoice is not a credit, but is charged: a discount that ends makes a debt.

At each VAT rate, no invoice is credited beyond its rest and no new one is negative. The excess belongs to another
invoice with a rest, first those of the same period of the component, the newest first; a credit that is too large for
one of them is parted. The remainder waits for the next invoice.

    fee of 300.00 on invoice 1, later 10 % off   -30.00, a credit note for invoice 1
    the discount is cancelled again               30.00, on invoice 2
    then the fee is taken back                  -300.00: -270.00 for invoice 1, -30.00 for invoice 2
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from billing_core.charging.charges import Charge, PostedCharge, with_revisions
from billing_core.charging.difference import part_placed_elsewhere
from billing_core.invoicing.invoices import BillingHistory, TaxGroup, tax_group
from billing_core.kernel.money import Money, total

Credits = dict[str, list[Charge]]


class Placed(NamedTuple):
    """Charges as they are to be posted, the credits among them by invoice, and those for a new one.

    Charges of zero stand on record and on no document.
    """

    charges: list[Charge]
    credits: Credits
    lines: list[Charge]


def placed(charges: Sequence[Charge], waiting: Sequence[Charge], history: BillingHistory | None) -> Placed:
    """Where each charge belongs, given those that wait for an invoice already."""
    lines = [charge for charge in charges if charge.amount.amount]
    if history is None:
        return Placed(list(charges), {}, lines)
    placing = _Placing(history, charges)
    lines, remainder = placing.on_original_invoices(lines)
    lines, more = placing.on_a_new_invoice(lines, waiting)
    lines += placing.on_other_invoices([*remainder, *more])
    credits = placing.credits
    if not placing.parts:
        return Placed(list(charges), credits, lines)
    known = {charge.key: charge for charge in (*lines, *(credit for members in credits.values() for credit in members))}
    posted = [known.pop(charge.key, charge) for charge in charges]
    return Placed([*posted, *known.values()], credits, lines)


class _Placing:
    """The rest of invoices at each VAT rate while credits are placed on them; `parts` of credits that were parted."""

    def __init__(self, history: BillingHistory, charges: Sequence[Charge]) -> None:
        self.credits: Credits = {}
        self.parts: list[Charge] = []
        self._history = history
        self._records = _Records(history)
        for charge in charges:
            if charge.from_on == charge.to_on:  # A part without days, whose key no other one of them may have.
                self._records.add(charge)
        self._room = {
            (number, group): taxed.listed
            for number, invoice in history.invoices.items()
            for group, taxed in invoice.left.items()
        }
        self._with_room: dict[TaxGroup, list[str]] = defaultdict(list)
        for number, group in self._room:
            self._with_room[group].append(number)

    def on_original_invoices(self, charges: Sequence[Charge]) -> tuple[list[Charge], list[Charge]]:
        """Put credits on their own invoices; gives back the lines of a new one, and the remainder."""
        lines: list[Charge] = []
        by_invoice: dict[tuple[str, TaxGroup], list[Charge]] = defaultdict(list)
        new_fees = {_place(charge) for charge in charges if charge.corrects is None and not charge.of}
        for charge in charges:
            # A discount on a fee that is charged with it stays with it.
            is_new = charge.corrects is None and _place(charge) in new_fees
            invoice = None if is_new else self._invoice_of(charge)
            (lines if invoice is None else by_invoice[invoice, tax_group(charge)]).append(charge)
        remainder: list[Charge] = []
        for (invoice, group), members in by_invoice.items():
            kept, more = self._parted(members, self._room[invoice, group])
            if kept and _sum(kept).amount < 0:
                self._credit(invoice, kept)
                remainder += more
            else:
                lines += members
        return lines, remainder

    def on_a_new_invoice(self, lines: Sequence[Charge], waiting: Sequence[Charge]) -> tuple[list[Charge], list[Charge]]:
        """The lines that, with those that wait, sum to zero or more for each service and VAT rate; and the others."""
        rooms = _by_service(waiting)
        kept: dict[str, Charge] = {}
        remainder: list[Charge] = []
        for service, members in _by_service(lines).items():
            room = total((charge.amount for charge in rooms.get(service, ())), members[0].amount.currency)
            stay, more = self._parted(members, room)
            kept |= {charge.key: charge for charge in stay}
            remainder += more
        return [kept[line.key] for line in lines if line.key in kept], remainder

    def on_other_invoices(self, credits: Iterable[Charge]) -> list[Charge]:
        """Place credits on any invoices with a rest; returns the remainder."""
        return [left for credit in credits if (left := self._put(credit)) is not None]

    def _put(self, credit: Charge) -> Charge | None:
        for invoice in self._others(credit):
            kept, remainder = self._parted([credit], self._room[invoice, tax_group(credit)])
            self._credit(invoice, kept)
            if not remainder:
                return None
            (credit,) = remainder
        return credit

    def _others(self, credit: Charge) -> Iterator[str]:
        """The invoices with something left, first those of the same period of the component, then the newest first.

        An invoice that has nothing left never has again, so it is passed over once for all credits.
        """
        group = tax_group(credit)
        for document in self._records.documents_of(credit):
            invoice = self._history.corrected_by.get(document, document)
            if self._has_room(invoice, group):
                yield invoice
        with_room = self._with_room[group]
        while with_room:
            if self._has_room(with_room[-1], group):
                yield with_room[-1]
            else:
                with_room.pop()

    def _has_room(self, invoice: str, group: TaxGroup) -> bool:
        return (invoice, group) in self._room and self._room[invoice, group].amount > 0

    def _invoice_of(self, charge: Charge) -> str | None:
        if charge.corrects is not None:
            document = self._history.posted(charge.corrects).document
        elif charge.kind == "discount":
            document = self._records.document_of_fee(charge)
        else:
            document = None
        return None if document is None else self._history.corrected_by.get(document, document)

    def _credit(self, invoice: str, members: Sequence[Charge]) -> None:
        self.credits.setdefault(invoice, []).extend(members)
        self._room[invoice, tax_group(members[0])] += _sum(members)

    def _parted(self, members: Sequence[Charge], room: Money) -> tuple[list[Charge], list[Charge]]:
        """Those that fit the available rest; and the remainder, the last of the credits."""
        over = _sum(members) + room
        kept: list[Charge] = []
        remainder: list[Charge] = []
        for charge in reversed(members):
            if over.amount >= 0 or charge.amount.amount >= 0:
                kept.append(charge)
            elif over <= charge.amount:
                remainder.append(charge)
                over = over - charge.amount
            else:
                stays, rest = self._split(charge, over)
                kept.append(stays)
                remainder.append(rest)
                over = over - over
        return kept[::-1], remainder[::-1]

    def _split(self, credit: Charge, part: Money) -> tuple[Charge, Charge]:
        stays, rest = part_placed_elsewhere(credit, part)
        (rest,) = with_revisions([rest], self._records.on_same_days(rest))
        self._records.add(rest)
        self.parts.append(rest)
        return stays, rest


# --- what is on record


class _Records:
    """Look-ups in the history; each is made when it is needed first, and once for all charges that are placed."""

    def __init__(self, history: BillingHistory) -> None:
        self._history = history
        self._fees: dict[str, dict[Fee, dict[date, _OnRecord]]] = {}

    @cached_property
    def _by_days(self) -> dict[tuple[object, ...], list[PostedCharge]]:
        found: dict[tuple[object, ...], list[PostedCharge]] = defaultdict(list)
        for entry in self._history.charges.values():
            found[_days(entry.charge)].append(entry)
        return found

    def on_same_days(self, charge: Charge) -> list[PostedCharge]:
        """The charges on record for the same component on the same days."""
        return self._by_days[_days(charge)]

    def add(self, charge: Charge) -> None:
        """A part of a credit that is placed now stands on record for the next one."""
        self._by_days[_days(charge)].append(PostedCharge(charge))

    @cached_property
    def _documents(self) -> dict[tuple[object, ...], list[str]]:
        found: dict[tuple[object, ...], dict[str, None]] = defaultdict(dict)
        for entry in reversed(self._history.charges.values()):
            if entry.document is not None:
                found[_place(entry.charge)][entry.document] = None
        return {place: list(documents) for place, documents in found.items()}

    def documents_of(self, charge: Charge) -> Sequence[str]:
        """The documents on which the same period of a component stands, the newest charge first."""
        return self._documents.get(_place(charge), ())

    def document_of_fee(self, discount: Charge) -> str | None:
        """The document of the charge that a discount is on, if it was posted before."""
        code = discount.subscription
        if code not in self._fees:
            self._fees[code] = _last_by_day(self._history.posted_for(code))
        days = self._fees[code].get((discount.of, tax_group(discount)), {})
        found = [days[day] for day in _each_day(discount) if day in days]
        return max(found, key=lambda fee: fee.number).document if found else None


Fee = tuple[str, TaxGroup]  # A component at one VAT rate.


class _OnRecord(NamedTuple):
    """A charge by its place on record, and the document on which it stands."""

    number: int
    document: str | None


def _last_by_day(posted: Iterable[PostedCharge]) -> dict[Fee, dict[date, _OnRecord]]:
    """By component and VAT rate, the last charge of each day."""
    found: dict[Fee, dict[date, _OnRecord]] = defaultdict(dict)
    for number, entry in enumerate(posted):
        charge = entry.charge
        if charge.corrects is None:
            days = dict.fromkeys(_each_day(charge), _OnRecord(number, entry.document))
            found[charge.component, tax_group(charge)].update(days)
    return found


def _each_day(charge: Charge) -> Iterator[date]:
    return map(date.fromordinal, range(charge.from_on.toordinal(), charge.to_on.toordinal()))


def _days(charge: Charge) -> tuple[object, ...]:
    return charge.subscription, charge.component, charge.of, charge.from_on, charge.to_on


def _sum(charges: Sequence[Charge]) -> Money:
    return total((charge.amount for charge in charges), charges[0].amount.currency)


def _by_service(charges: Iterable[Charge]) -> dict[tuple[str, TaxGroup], list[Charge]]:
    found: dict[tuple[str, TaxGroup], list[Charge]] = defaultdict(list)
    for charge in charges:
        found[charge.subscription, tax_group(charge)].append(charge)
    return found


def _place(charge: Charge) -> tuple[object, ...]:
    """The purpose of a charge: the fee of a period, or an adjustment of it."""
    return charge.subscription, charge.of or charge.component, charge.whole_period, tax_group(charge)
