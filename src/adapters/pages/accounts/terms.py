"""Forms of an account: a new one, its billing day and its billing plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.edge.models import written
from adapters.pages.accounts.owner import card_of, named
from adapters.pages.forms import Choice, Field, Form, says
from adapters.pages.page import N_
from adapters.pages.sellers import sellers
from adapters.pages.services.effect import money_effect
from adapters.pages.visit import Visit
from adapters.views.accounts import AccountStatement, ShowAccount
from adapters.views.catalogue import ListTariffs
from adapters.views.dunning.policies import ListDunningPolicies
from adapters.views.parties import ShowCustomer
from commands.accounts import ChangeBillingDay, ChangeBillingPlan, OpenAccount
from commands.platform.bus import Seen

MOST_TARIFFS = 1_000
PLANS = (Choice("postpaid", N_("Postpaid")), Choice("prepaid", N_("Prepaid")))


def _new_account(visit: Visit) -> dict[str, Any]:
    """A free number after those that the customer has; the currency if there is only one."""
    customer = visit.path["customer"]
    accounts = visit.ask(ShowCustomer, number=customer).accounts
    tariffs = visit.ask(ListTariffs, limit=MOST_TARIFFS).items if visit.may(ListTariffs) else []
    currencies = sorted({tariff["currency"] for tariff in tariffs})
    return {
        "account": f"{customer}-{len(accounts) + 1}" if accounts else customer,
        "currency": next((each.balance.currency for each in accounts if each.balance),
                         currencies[0] if len(currencies) == 1 else ""),
        "billing_day": 1, "due_days": 14, "tolerance_days": 7, "plan": "postpaid",
    }  # fmt: skip


def _account(visit: Visit) -> AccountStatement:
    found: AccountStatement = visit.ask(ShowAccount, account=visit.path["account"], limit=1)
    return found


def policies(visit: Visit) -> list[Choice]:
    """The dunning policies that may be named."""
    found = visit.ask(ListDunningPolicies).items if visit.may(ListDunningPolicies) else []
    return [
        Choice("", visit.translated(N_("None: nothing happens by itself"))),
        *(Choice(row.code, row.name) for row in found),
    ]


def _plan(visit: Visit) -> dict[str, Any]:
    return dict(_flat(written(_account(visit).plan)))


def _flat(words: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in words.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _seen(visit: Visit) -> Seen:
    return _account(visit).seen()


# fmt: off
OF_PLAN = (
    Field("due_days", N_("Due after days"), "whole", width=4),
    Field("tolerance_days", N_("Tolerated days after it"), "whole", width=4),
    Field("plan", N_("Plan"), "choice", choices=PLANS, is_required=True, width=4),
)
TERMS = (
    Form(
        "/customers/{customer}/accounts/new", OpenAccount, N_("Open an account"), N_("Open the account"),
        (
            Field("account", N_("Account number"), is_required=True, width=6),
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("currency", N_("Currency"), hint=N_("Three letters, as in CZK"), is_required=True, width=4),
            Field("opened_on", N_("Open since"), "day", width=4),
            Field("billing_day", N_("Billing day"), "whole", N_("1 to 31; 31 is the last day"), width=4),
            *OF_PLAN,
        ),
        then=lambda visit, done: f"/customers/{visit.path['customer']}?account={visit.first('account').strip()}",
        back=lambda visit: f"/customers/{visit.path['customer']}",
        done=says(N_("The account is open.")),
        begins=_new_account, about=lambda visit: visit.path["customer"],
    ),
    Form(
        "/accounts/{account}/billing-day", ChangeBillingDay, N_("Change the billing day"), N_("Change the billing day"),
        (
            Field("billing_day", N_("Billing day"), "whole", N_("1 to 31; 31 is the last day"), is_required=True),
            Field("on", N_("From"), "from"),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The billing day is changed.")),
        begins=lambda visit: {"billing_day": _account(visit).billing_day},
        effect=money_effect(ChangeBillingDay), seen=_seen, about=named,
    ),
    Form(
        "/accounts/{account}/plan", ChangeBillingPlan, N_("Change the billing plan"), N_("Change the plan"),
        (
            *OF_PLAN,
            Field("due.by", N_("Due on"), "choice", width=4, choices=(
                Choice("day-of-month", N_("A day of the month")),
                Choice("working-day", N_("A working day after issue")),
            )),
            Field("due.day", N_("Day of the month"), "whole", width=4),
            Field("due.month", N_("Month"), "choice", width=4, choices=(
                Choice("this", N_("The month of issue")), Choice("next", N_("The month after")),
            )),
            Field("due.number", N_("Working day"), "whole", width=4),
            Field("due_shift", N_("On a holiday"), "choice", width=4, choices=(
                Choice("none", N_("As it is")), Choice("next", N_("The next working day")),
                Choice("previous", N_("The working day before")),
            )),
            Field("invoice_per", N_("One invoice per"), "choice", width=4, choices=(
                Choice("account", N_("Account")), Choice("service", N_("Service")), Choice("address", N_("Address")),
            )),
            Field("invoice_every.every", N_("Invoiced every"), hint=N_("As in 3 months"), width=4),
            Field("invoice_every.anchor", N_("Counted from"), "day", width=4),
            Field("minimum_invoice", N_("Smallest invoice"), "amount", width=4),
            Field("dunning", N_("Dunning policy"), "choice", N_("What happens if money does not come in"), policies,
                  width=4),
            Field("credit_limit", N_("Prepaid: credit limit"), "amount", width=4),
            Field("covers", N_("Prepaid: money buys"), "choice", width=4, choices=(
                Choice("whole", N_("Whole periods")), Choice("days", N_("Days")),
            )),
            Field("resume_on", N_("Prepaid: periods resume"), "choice", width=4, choices=(
                Choice("old-grid", N_("As they were")), Choice("new-grid", N_("From the day of payment")),
            )),
            Field("suspend_below", N_("Prepaid: suspend below"), "amount", width=4),
            Field("resume_at", N_("Prepaid: resume at"), "amount", width=4),
            Field("postpaid_tariffs", N_("Prepaid: tariffs billed afterwards"), "list",
                  N_("One code in a line; their invoices fall due, and the balance suspends no service on them"),
                  width=4),
            Field("postpaid_settled", N_("Prepaid: such invoices take money"), "choice", width=4, choices=(
                Choice("when-due", N_("When they are due")), Choice("when-issued", N_("When they are issued")),
                Choice("when-named", N_("Only if it names them")),
            )),
        ),
        then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The billing plan is changed.")),
        begins=_plan, seen=_seen, about=named,
    ),
)
