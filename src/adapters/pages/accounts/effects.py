"""What a form would do to the balance of an account, before it is done."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from adapters.pages.accounts.owner import account_of
from adapters.pages.forms import Amounted, Effect, Fields
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency, moved
from adapters.pages.visit import Visit
from billing_core.kernel.money import Money

BALANCE = N_("The balance goes from %(before)s to %(after)s")
BEFORE, AFTER = N_("Balance now"), N_("Balance after it")


def balance_effect(command: type, line: str, button: str = "") -> Callable[[Visit, Fields], Effect]:
    """The effect of a command whose answer names the amount and the balance after it; `line` says what is moved."""

    def effect(visit: Visit, fields: Fields) -> Effect:
        before = account_of(visit).balance
        result = visit.carry_out(command, fields, dry_run=True).result
        after = Money(Decimal(result["balance"]["amount"]), result["balance"]["currency"])
        return of_balances(visit, before, after, (Amounted(visit.translated(line), "", moved(after - before)),), button)

    return effect


def of_balances(
    visit: Visit, before: Money, after: Money, lines: tuple[Amounted, ...], button: str = "", hint: str = ""
) -> Effect:
    """What is moved, line by line, and the balances around it."""
    said = {"before": amount_with_currency(before), "after": amount_with_currency(after)}
    balances = (
        Amounted(visit.translated(BEFORE), "", amount_with_currency(before)),
        *lines,
        Amounted(visit.translated(AFTER), "", amount_with_currency(after), is_sum=True),
    )
    return Effect(visit.translated(BALANCE) % said, balances, hint, button)
