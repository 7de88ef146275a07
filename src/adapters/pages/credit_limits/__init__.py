"""Credit limits: the accounts that have one of their own, and the forms that set, grant and end them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.pages.forms import Effect, Field, Fields, Form, says
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowBalance
from adapters.views.credit_limits import ListCreditLimits, ShowCredit, ShownCredit
from adapters.views.promises import ListPromises
from commands.credit_limits import EndTemporaryCredit, GrantTemporaryCredit, SetCreditLimit

LIMITS = "/dunning/credit-limits"
FALLS_TO = N_("Today the balance may fall to %(floor)s; it is %(balance)s")
ENDED = N_("Services whose money is not enough without the credit are suspended")
MAY_OWE = N_("May owe %(amount)s more until %(until)s")


def _card_of(visit: Visit) -> str:
    account = visit.ask(ShowBalance, account=visit.path["account"])
    return f"/customers/{account.customer}?account={account.number}"


def _about(visit: Visit) -> str:
    """The account, and how far its balance may fall today if it is prepaid."""
    account = visit.path["account"]
    if not visit.may(ShowCredit):
        return account
    shown: ShownCredit = visit.ask(ShowCredit, account=account)
    if shown.floor is None:
        return account
    words = {"floor": amount_with_currency(shown.floor), "balance": amount_with_currency(shown.balance)}
    return f"{account}: {visit.translated(FALLS_TO) % words}"


def _limit(visit: Visit) -> Mapping[str, str]:
    shown: ShownCredit | None = visit.ask(ShowCredit, account=visit.path["account"]) if visit.may(ShowCredit) else None
    return {} if shown is None or shown.limit is None else {"limit": f"{shown.limit.amount:f}"}


def _ended(visit: Visit, fields: Fields) -> Effect:
    visit.carry_out(EndTemporaryCredit, fields, dry_run=True)
    return Effect(visit.translated(ENDED))


def _granted(visit: Visit, fields: Fields) -> Effect:
    visit.carry_out(GrantTemporaryCredit, fields, dry_run=True)
    return Effect(visit.translated(MAY_OWE) % {"amount": fields["amount"], "until": fields["until"]})


def _form(name: str, command: type, texts: tuple[str, str, str], *fields: Field, **more: Any) -> Form:
    """A form of an account's credit; `texts` are its title, its button, and what is said when it is done."""
    title, button, done = texts
    return Form(
        f"/accounts/{{account}}/{name}", command, title, button, fields, then=lambda visit, done: _card_of(visit),
        back=_card_of, done=says(done), about=_about, **more,
    )  # fmt: skip


REASON = Field("reason", N_("Reason"), is_required=True)
LISTS = (
    List(
        LIMITS, ListCreditLimits, N_("Credit limits"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}",
                   below=lambda row: row.account),
            Column(N_("Own limit"), lambda row: row.limit, "amount"),
            Column(N_("Why"), lambda row: row.limit_reason),
            Column(N_("More"), lambda row: row.temporary, "amount"),
            Column(N_("Until"), lambda row: row.until_on, "day"),
            Column(N_("Why more"), lambda row: row.reason),
        ),
        actions=(Act(N_("Promises"), "/dunning/promises", ListPromises),),
        row_actions=(
            Act(N_("Change"), lambda row: f"/accounts/{row.account}/credit-limit", SetCreditLimit),
            Act(N_("End"), lambda row: f"/accounts/{row.account}/temporary-credit/end", EndTemporaryCredit,
                when=lambda row: row.temporary is not None),
        ),
        empty=N_("No account has a credit limit of its own or temporary credit."),
    ),
)  # fmt: skip
FORMS = (
    _form(
        "credit-limit", SetCreditLimit,
        (N_("Credit limit"), N_("Set the limit"), N_("The credit limit is set.")),
        Field("limit", N_("May owe"), "amount", hint=N_("That of the plan if it is empty"), width=6), REASON,
        begins=_limit,
    ),
    _form(
        "temporary-credit", GrantTemporaryCredit,
        (N_("Temporary credit"), N_("Grant the credit"), N_("The credit is granted.")),
        Field("amount", N_("May owe more"), "amount", is_required=True, width=6),
        Field("until", N_("Until"), "day", is_required=True, width=6), REASON,
        begins=lambda visit: {"until": "+7"}, effect=_granted,
    ),
    _form(
        "temporary-credit/end", EndTemporaryCredit,
        (N_("End the temporary credit"), N_("End the credit"), N_("The credit has ended.")), REASON, effect=_ended,
    ),
)  # fmt: skip
