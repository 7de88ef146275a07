"""Which charges are credits of which invoice, and which are lines of a new one.

- A charge that names what it corrects belongs to the invoice on which that stands; where that is a credit note, to the
  invoice which that one corrects.
- A discount that is learnt after its fee was invoiced belongs to the invoice of the fee.
- What comes to nothing or more for an invoice is no credit, but is charged: a discount that ends makes a debt.

At each VAT rate, no invoice is credited with more than it has left and no new one comes to less than nothing. What goes
beyond belongs to another invoice with something left, first those of the same period of the component, the newest
first; a credit that is too large for one of them is parted. What none has left waits for the next invoice.

    fee of 300.00 on invoice 1, later 10 % off   -30.00, a credit note for invoice 1
    the discount is cancelled again               30.00, on invoice 2
    then the fee is taken back                  -300.00: -270.00 for invoice 1, -30.00 for invoice 2
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from billing_core.charging.charges import Charge, PostedCharge, how, with_revisions
from billing_core.invoicing.invoices import BillingHistory, TaxGroup, tax_group
from billing_core.kernel.money import Money, total

Credits = dict[str, list[Charge]]


class Placed(NamedTuple):
    """Charges as they are to be posted, the credits among them by invoice, and those for a new one.

    What costs nothing stands on record and on no document.
    """

    charges: list[Charge]
    credits: Credits
    lines: list[Charge]


def placed(charges: Sequence[Charge], waiting: Sequence[Charge], history: BillingHistory | None) -> Placed:
    """Where each charge belongs, given those that wait for an invoice already."""
    lines = [charge for charge in charges if charge.amount.amount]
    if history is None:
        return Placed(list(charges), {}, lines)
    placing = _Placing(history)
    lines, beyond = placing.at_home(lines)
    lines, more = placing.on_a_new_invoice(lines, waiting)
    lines += placing.elsewhere([*beyond, *more])
    credits = placing.credits
    if not placing.parts:
        return Placed(list(charges), credits, lines)
    known = {charge.key: charge for charge in (*lines, *(credit for members in credits.values() for credit in members))}
    posted = [known.pop(charge.key, charge) for charge in charges]
    return Placed([*posted, *known.values()], credits, lines)


class _Placing:
    """What invoices have left at each VAT rate while credits are placed on them; `parts` of those that were parted."""

    def __init__(self, history: BillingHistory) -> None:
        self.credits: Credits = {}
        self._history = history
        self.parts: list[PostedCharge] = []
        self._room = {
            (number, group): taxed.listed
            for number, invoice in history.invoices.items()
            for group, taxed in invoice.left.items()
        }

    def at_home(self, charges: Sequence[Charge]) -> tuple[list[Charge], list[Charge]]:
        """Put credits on their own invoices; gives back the lines of a new one, and what goes beyond."""
        lines: list[Charge] = []
        at_home: dict[tuple[str, TaxGroup], list[Charge]] = defaultdict(list)
        new_fees = {_place(charge) for charge in charges if charge.corrects is None and not charge.of}
        for charge in charges:
            # A discount on a fee that is charged with it stands beside it.
            is_new = charge.corrects is None and _place(charge) in new_fees
            invoice = None if is_new else _invoice_of(charge, self._history)
            (lines if invoice is None else at_home[invoice, tax_group(charge)]).append(charge)
        beyond: list[Charge] = []
        for (invoice, group), members in at_home.items():
            kept, more = self._parted(members, self._room[invoice, group])
            if kept and _sum(kept).amount < 0:
                self._credit(invoice, kept)
                beyond += more
            else:
                lines += members
        return lines, beyond

    def on_a_new_invoice(self, lines: Sequence[Charge], waiting: Sequence[Charge]) -> tuple[list[Charge], list[Charge]]:
        """The lines that, with those that wait, come to nothing or more for each service and VAT rate; and the rest."""
        rooms = _by_service(waiting)
        kept: dict[str, Charge] = {}
        beyond: list[Charge] = []
        for service, members in _by_service(lines).items():
            room = total((charge.amount for charge in rooms.get(service, ())), members[0].amount.currency)
            stay, more = self._parted(members, room)
            kept |= {charge.key: charge for charge in stay}
            beyond += more
        return [kept[line.key] for line in lines if line.key in kept], beyond

    def elsewhere(self, credits: Iterable[Charge]) -> list[Charge]:
        """Put credits on whatever invoices have something left; gives back what none has."""
        return [left for credit in credits if (left := self._put(credit)) is not None]

    def _put(self, credit: Charge) -> Charge | None:
        group = tax_group(credit)
        for invoice in _others(credit, self._history):
            room = self._room.get((invoice, group))
            if room is None or not room.amount > 0:
                continue
            kept, beyond = self._parted([credit], room)
            self._credit(invoice, kept)
            if not beyond:
                return None
            (credit,) = beyond
        return credit

    def _credit(self, invoice: str, members: Sequence[Charge]) -> None:
        self.credits.setdefault(invoice, []).extend(members)
        self._room[invoice, tax_group(members[0])] += _sum(members)

    def _parted(self, members: Sequence[Charge], room: Money) -> tuple[list[Charge], list[Charge]]:
        """Those that, with the room there is, come to nothing or more; and the last of the credits, which go beyond."""
        over = _sum(members) + room
        kept: list[Charge] = []
        beyond: list[Charge] = []
        for charge in reversed(members):
            if over.amount >= 0 or charge.amount.amount >= 0:
                kept.append(charge)
            elif over <= charge.amount:
                beyond.append(charge)
                over = over - charge.amount
            else:
                stays, rest = self._split(charge, over)
                kept.append(stays)
                beyond.append(rest)
                over = over - over
        return kept[::-1], beyond[::-1]

    def _split(self, credit: Charge, part: Money) -> tuple[Charge, Charge]:
        """A credit as two: all of its days stay with the first, and the other is an amount without days."""
        told = f"{part} of it on another document"
        stays = msgspec.structs.replace(credit, amount=credit.amount - part, steps=(how(credit), told))
        rest = msgspec.structs.replace(
            credit,
            to_on=credit.from_on,
            period=credit.whole_period,
            amount=part,
            steps=(f"{part} of {credit.amount} in all",),
        )
        (rest,) = with_revisions([rest], [*self._history.charges.values(), *self.parts])
        self.parts.append(PostedCharge(rest))
        return stays, rest


def _sum(charges: Sequence[Charge]) -> Money:
    return total((charge.amount for charge in charges), charges[0].amount.currency)


def _by_service(charges: Iterable[Charge]) -> dict[tuple[str, TaxGroup], list[Charge]]:
    found: dict[tuple[str, TaxGroup], list[Charge]] = defaultdict(list)
    for charge in charges:
        found[charge.subscription, tax_group(charge)].append(charge)
    return found


def _place(charge: Charge) -> tuple[object, ...]:
    """What a charge is for: the fee of a period, or a share on it."""
    return charge.subscription, charge.of or charge.component, charge.whole_period, tax_group(charge)


def _invoice_of(charge: Charge, history: BillingHistory) -> str | None:
    if charge.corrects is not None:
        document = history.posted(charge.corrects).document
    elif charge.kind == "discount":
        document = _document_of_fee(charge, history)
    else:
        document = None
    return None if document is None else history.corrected_by.get(document, document)


def _document_of_fee(discount: Charge, history: BillingHistory) -> str | None:
    """The document of the charge that a discount is on, where it was posted before."""
    for entry in reversed(history.posted_for(discount.subscription)):
        charge = entry.charge
        is_on = charge.component == discount.of and charge.corrects is None and tax_group(charge) == tax_group(discount)
        if is_on and charge.from_on < discount.to_on and discount.from_on < charge.to_on:
            return entry.document
    return None


def _others(credit: Charge, history: BillingHistory) -> Iterable[str]:
    """The invoices of an account, first those of the same period of the component, each time the newest first."""
    same = (
        entry.document
        for entry in reversed(history.posted_for(credit.subscription))
        if entry.document is not None and _place(entry.charge) == _place(credit)
    )
    own = (history.corrected_by.get(document, document) for document in same)
    return dict.fromkeys([*own, *reversed(history.invoices)])
