"""Forms of what is charged, granted or waived by hand."""

from __future__ import annotations

from adapters.pages.accounts.effects import of_balances
from adapters.pages.accounts.owner import account_of, card_of, named
from adapters.pages.forms import Effect, Field, Fields, Form, says
from adapters.pages.page import N_
from adapters.pages.services.choices import usual_vat
from adapters.pages.services.effect import money_effect
from adapters.pages.visit import Visit
from commands.billing.account import ChargeOnce, GrantGoodwill
from commands.corrections.waiver import WaiveCharge

WAIVED = N_("A credit note is issued at once, if the charge was invoiced; it is never charged again.")


def _waiver(visit: Visit, fields: Fields) -> Effect:
    """It is tried, so that what would refuse it is said; the amount is on the credit note."""
    visit.carry_out(WaiveCharge, fields, dry_run=True)
    balance = account_of(visit).balance
    return of_balances(visit, balance, balance, (), hint=visit.translated(WAIVED))._replace(
        headline=visit.translated(N_("The rest of the charge is credited")), lines=()
    )


def _usual(visit: Visit) -> dict[str, str]:
    """The VAT rate of most that is sold: another one may be typed."""
    return {"vat": usual_vat(visit)}


# fmt: off
AMOUNT = (
    Field("amount", N_("Amount without VAT"), "amount", is_required=True, width=6),
    Field("vat", N_("VAT in percent"), "amount", is_required=True, width=6),
)
ITEMS = (
    Form(
        "/accounts/{account}/charges/new", ChargeOnce, N_("Charge once"), N_("Charge it"),
        (
            Field("description", N_("What for"), hint=N_("It stands on the invoice."), is_required=True),
            *AMOUNT,
            Field("on", N_("Day"), "day", width=6),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("It is charged on the next invoice.")),
        begins=_usual, effect=money_effect(ChargeOnce), about=named,
    ),
    Form(
        "/accounts/{account}/goodwill", GrantGoodwill, N_("Grant goodwill"), N_("Grant it"),
        (
            Field("description", N_("What for"), hint=N_("It stands on the invoice."), is_required=True),
            *AMOUNT,
            Field("reason", N_("Reason"), is_required=True),
            Field("on", N_("Day"), "day", width=6),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("It reduces the next invoice.")),
        begins=_usual, effect=money_effect(GrantGoodwill), about=named,
    ),
    Form(
        "/accounts/{account}/waive", WaiveCharge, N_("Waive a charge"), N_("Waive the rest of it"),
        (
            Field("charge", N_("Charge"), hint=N_("Its key, as its explanation has it"), is_required=True),
            Field("reason", N_("Reason"), is_required=True),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The charge is waived.")),
        effect=_waiver, about=named,
    ),
)
