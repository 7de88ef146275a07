"""What a change would do to the next bills, in the words of a clerk.

Credit 13.33, charge 33.33: the next bill is 60.00 more

Internet 300, 11 to 30 June             −13.33
  300.00 x 20/30 days ...
Difference on the bill of 2026-07-01    +60.00
From then on, the bill of 2026-08-01    24.00 -> 60.00
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from adapters.languages.language import Language
from adapters.pages.forms import Amounted, Effect, Fields
from adapters.pages.page import N_
from adapters.pages.shown import amount, amount_with_currency, moved
from adapters.pages.visit import Visit
from billing_core.charging.charges import Charge, explain_to_customer
from billing_core.kernel.money import Money, zero
from billing_core.kernel.spans import ONE_DAY
from commands.billing.foreseen import Foreseen
from commands.billing.next_bill import NextBill

ARROW = " \N{RIGHTWARDS ARROW} "
SAME = N_("The next bill stays %(amount)s")
CREDITED = N_("Credit %(credit)s")
CHARGED = N_("charge %(charge)s")
MORE = N_("the bill of %(on)s is %(amount)s more")
LESS = N_("the bill of %(on)s is %(amount)s less")
MORE_ON = N_("Difference on the bill of %(on)s, with VAT")
THAT_BILL = N_("The bill of %(on)s, with VAT")
NEXT_BILL = N_("The bill after it, %(on)s, with VAT")
NO_LONGER = N_("no longer charged")


def money_effect(command: type) -> Callable[[Visit, Fields], Effect]:
    """The effect of a command on the money of its account, for a form."""

    def effect(visit: Visit, fields: Fields) -> Effect:
        return described(visit.foresee(command, fields), visit.written)

    return effect


def described(foreseen: Foreseen, written: Language) -> Effect:
    """The effect in words of a language."""
    before, after = foreseen.before[0], foreseen.after[0]
    more = after.to_pay - before.to_pay
    return Effect(_headline(foreseen, more, written.gettext), tuple(_lines(foreseen, more, written)))


def _headline(foreseen: Foreseen, more: Money, say: Callable[..., str]) -> str:
    on = foreseen.after[0].on.isoformat()
    if not more.amount and not foreseen.new():
        return say(SAME, amount=amount_with_currency(foreseen.after[0].to_pay))
    credits = [charge.amount for charge in foreseen.new() if charge.amount.amount < 0]
    charges = [charge.amount for charge in foreseen.new() if charge.amount.amount > 0]
    currency = more.currency
    said = []
    if credits:
        said.append(say(CREDITED, credit=amount(-sum(credits, zero(currency)))))
    if charges:
        said.append(say(CHARGED, charge=amount(sum(charges, zero(currency)))))
    change = say(MORE if more.amount >= 0 else LESS, on=on, amount=amount(more if more.amount >= 0 else -more))
    # What is charged instead of something else that was not billed yet is no charge more.
    sentence = f"{', '.join(said)}: {change}" if said and not foreseen.gone() else change
    return sentence[:1].upper() + sentence[1:]


def _lines(foreseen: Foreseen, more: Money, written: Language) -> Iterator[Amounted]:
    before, after, say = foreseen.before, foreseen.after, written.gettext
    yield from charges_shown(foreseen.new(), written)
    yield from _charges(foreseen.gone(), lambda value: moved(-value), lambda charge: say(NO_LONGER))
    on = after[0].on.isoformat()
    yield Amounted(say(MORE_ON, on=on), "", moved(more) or amount(more), is_sum=True)
    yield Amounted(say(THAT_BILL, on=on), "", _change(before[0], after[0]))
    if len(before) > 1 and len(after) > 1 and before[1].on == after[1].on:
        yield Amounted(say(NEXT_BILL, on=after[1].on.isoformat()), "", _change(before[1], after[1]))


def charges_shown(charges: Iterable[Charge], written: Language) -> Iterator[Amounted]:
    """Each charge with its days, its amount, and how it is worked out."""
    return _charges(charges, moved, lambda charge: _explained(charge, written))


def _explained(charge: Charge, written: Language) -> str:
    explanation = explain_to_customer(charge)
    return "" if explanation is None else written.phrase(explanation)


def _charges(
    charges: Iterable[Charge], shown: Callable[[Money], str], explained: Callable[[Charge], str]
) -> Iterator[Amounted]:
    for charge in charges:
        last_on = charge.to_on - ONE_DAY
        days = charge.from_on.isoformat() if last_on <= charge.from_on else f"{charge.from_on} \N{EN DASH} {last_on}"
        yield Amounted(f"{charge.description}, {days}", explained(charge), shown(charge.amount))


def _change(before: NextBill, after: NextBill) -> str:
    if before.to_pay == after.to_pay:
        return amount(after.to_pay)
    return f"{amount(before.to_pay)}{ARROW}{amount(after.to_pay)}"
