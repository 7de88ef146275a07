"""What taking a customer on would do: the first bills, as they would be now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.pages.forms import Amounted, Effect
from adapters.pages.page import N_
from adapters.pages.services.effect import charges_shown
from adapters.pages.shown import amount, amount_with_currency
from adapters.pages.visit import Visit
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
    first = next((bill for bill in bills if bill.charges), None)
    if first is None:
        return Effect(say(NOTHING))
    headline = say(FIRST_BILL, on=first.on.isoformat(), amount=amount_with_currency(first.to_pay))
    return Effect(headline, tuple(_lines(first, bills, visit)))


def _lines(first: NextBill, bills: list[NextBill], visit: Visit) -> Iterator[Amounted]:
    say = visit.written.gettext
    yield from charges_shown(first.charges, visit.written)
    yield Amounted(say(TO_PAY), "", amount(first.to_pay), is_sum=True)
    for bill in bills[bills.index(first) + 1 :]:
        yield Amounted(say(BILL_AFTER, on=bill.on.isoformat()), "", amount(bill.to_pay))
