"""Which charges are credits of which invoice, and which are lines of a new one.

- A charge that names what it corrects belongs to the invoice on which that stands; where that is a credit note, to the
  invoice which that one corrects.
- A discount that is learnt after its fee was invoiced belongs to the invoice of the fee.
- What comes to nothing or more for an invoice is no credit, but is charged: a discount that ends makes a debt. What is
  more than the invoice has left at this VAT rate waits for the next invoice.

    fee of 300.00 on invoice 1, later 10 % off from 11 June   -20.00, a credit note for invoice 1
    the discount is cancelled again                            20.00, on a new invoice
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from billing_core.billing.charges import Charge
from billing_core.billing.invoices import BillingHistory, TaxGroup, tax_group
from billing_core.money import total, zero

Credits = dict[str, list[Charge]]


def credits_and_lines(charges: Iterable[Charge], history: BillingHistory | None) -> tuple[Credits, list[Charge]]:
    """The credits by invoice, and the charges for a new one. What costs nothing stands on record and on no document."""
    lines: list[Charge] = []
    of_invoices: dict[tuple[str, TaxGroup], list[Charge]] = defaultdict(list)
    known = [charge for charge in charges if charge.amount.amount]
    new_fees = {_place(charge) for charge in known if charge.corrects is None and not charge.of}
    for charge in known:
        # A discount on a fee that is charged with it stands beside it.
        is_new = charge.corrects is None and _place(charge) in new_fees
        invoice = None if history is None or is_new else _invoice_of(charge, history)
        (lines if invoice is None else of_invoices[invoice, tax_group(charge)]).append(charge)
    credits: Credits = defaultdict(list)
    for (invoice, group), members in of_invoices.items():
        assert history is not None
        taken = total((charge.amount for charge in members), members[0].amount.currency)
        nothing = zero(taken.currency)
        fits = taken < nothing <= history.invoices[invoice].left[group].listed + taken
        (credits[invoice] if fits else lines).extend(members)
    return dict(credits), lines


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
