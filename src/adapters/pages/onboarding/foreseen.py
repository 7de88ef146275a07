"""What taking a customer on would do: the first bills, as they would be now, until each service was on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.pages.forms import Amounted, Effect
from adapters.pages.page import N_
from adapters.pages.services.effect import charges_shown
from adapters.pages.shown import amount, amount_with_currency
from adapters.pages.visit import Visit
from billing_core.charging.charges import Charge
from commands.billing.foreseen import first_charges
from commands.billing.next_bill import NextBill
from commands.onboarding import TakeOnCustomer

ALONE = N_("The customer is registered without an account, so nothing is billed")
NOTHING = N_("Nothing is to be billed yet")
FIRST_BILL = N_("The first bill, of %(on)s: %(amount)s")
TO_PAY = N_("To pay for it, with VAT")
BILL_AFTER = N_("The bill of %(on)s, with VAT")


def effect_of(visit: Visit, words: Mapping[str, Any]) -> Effect:
    """The first bills that would come of it; what would refuse it is raised."""
    say = visit.written.gettext
    if "account" not in words:
        return Effect(say(ALONE))
    bills = visit.foresee(TakeOnCustomer, words).after
    dated = list(zip(bills, first_charges(bills), strict=True))
    first = next((at for at, bill in enumerate(bills) if bill.charges), None)
    if first is None:
        return Effect(say(NOTHING))
    headline = say(FIRST_BILL, on=bills[first].on.isoformat(), amount=amount_with_currency(bills[first].to_pay))
    return Effect(headline, tuple(_lines(dated[first:], visit)))


def _lines(dated: Sequence[tuple[NextBill, list[Charge]]], visit: Visit) -> Iterator[Amounted]:
    """The first bill whole, and of those after it what is to be paid, with the charges of services that begin there."""
    say = visit.written.gettext
    for at, (bill, charges) in enumerate(dated):
        yield from charges_shown(charges, visit.written)
        what = say(BILL_AFTER, on=bill.on.isoformat()) if at else say(TO_PAY)
        yield Amounted(what, "", amount(bill.to_pay), is_sum=not at)
