"""Reasons for suspensions, what each service is to be like, and how soon services return."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.languages.language import language_of
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.views.suspensions import (
    ListDesiredStates,
    ListReturns,
    ListSuspensionReasons,
    ShowReturnTimes,
    ShowSuspensionReason,
)
from billing_core.kernel.languages import LANGUAGES
from billing_core.services.suspension_reasons import SuspensionFee, SuspensionReason
from commands.suspensions import DefineSuspensionReason
from projections.suspensions.desired_states import DesiredState
from projections.suspensions.returns import ReturnRow

REASONS = "/set-up/suspension-reasons"
STATES_OF_SERVICES = "/services/desired-states"
STATES = {
    "on": State(N_("Runs"), "good"), "slow": State(N_("Slower"), "warn"), "blocked": State(N_("Blocked"), "bad"),
    "off": State(N_("Off"), "calm"),
}  # fmt: skip
LIFTED_BY = {"money": N_("A payment"), "person": N_("A person only")}


def _fee_fields(name: str, heading: str) -> tuple[Field, ...]:
    return (
        Field(f"{name}.description", heading, hint=N_("What the invoice says; empty: no fee"), width=6),
        Field(f"{name}.vat", N_("VAT rate"), "amount", width=2),
        Field(f"{name}.amounts", N_("Amounts"), "pairs", hint=N_("Without VAT, by currency, as EUR = 5.00"), width=4),
    )


POLICY = (
    Field("name", N_("Name"), is_required=True, width=8),
    Field("charge_percent", N_("Percent of the fees meanwhile"), "amount",
          hint=N_("Below 100, unused days are credited"), width=6),
    Field("lifted_by", N_("Lifted by"), "choice", is_required=True, width=6,
          choices=tuple(Choice(code, label) for code, label in LIFTED_BY.items())),
    *_fee_fields("fee_at_suspension", N_("Fee at the suspension")),
    *_fee_fields("fee_at_return", N_("Fee at the return")),
    *(Field(f"page.{code}", language_of(code).name, "lines", hint=N_("What the customer reads meanwhile"))
      for code in LANGUAGES),
)  # fmt: skip


def _details(visit: Visit) -> dict[str, Any]:
    reason = visit.ask(ShowSuspensionReason, code=visit.path["code"])
    return {
        "name": reason.name, "charge_percent": reason.charge_percent, "lifted_by": reason.lifted_by,
        **_fee("fee_at_suspension", reason.fee_at_suspension), **_fee("fee_at_return", reason.fee_at_return),
        **{f"page.{language}": text for language, text in reason.page.items()},
    }  # fmt: skip


def _fee(name: str, fee: SuspensionFee) -> dict[str, Any]:
    if not fee.amounts:
        return {}
    amounts = {currency: f"{amount:f}" for currency, amount in fee.amounts.items()}
    return {f"{name}.description": fee.description, f"{name}.vat": fee.vat_rate, f"{name}.amounts": amounts}


def _fees(reason: SuspensionReason) -> str:
    fees = (reason.fee_at_suspension, reason.fee_at_return)
    return ", ".join(f"{amount:f} {currency}" for fee in fees for currency, amount in fee.amounts.items())


def _state(row: DesiredState) -> State:
    return STATES[row.state]


def _service(row: DesiredState | ReturnRow) -> str:
    return f"/accounts/{quote(row.account)}/subscriptions/{quote(row.subscription)}"


DAYS = (Field("first_on", N_("From"), "day"), Field("last_on", N_("Until"), "day"))
LISTS = (
    List(
        REASONS, ListSuspensionReasons, N_("Reasons for suspensions"),
        (
            Column(N_("Reason"), lambda row: row.name, below=lambda row: row.code),
            Column(N_("Percent of the fees meanwhile"), lambda row: row.charge_percent, "count"),
            Column(N_("Lifted by"), lambda row: State(LIFTED_BY[row.lifted_by]), "state"),
            Column(N_("Fees"), _fees),
            Column(N_("Page in"), lambda row: ", ".join(row.page)),
        ),
        actions=(Act(N_("New reason"), f"{REASONS}/new", DefineSuspensionReason, "n"),),
        row_actions=(
            Act(N_("Change"), lambda row: f"{REASONS}/{quote(row.code)}/details", DefineSuspensionReason),
        ),
    ),
    List(
        STATES_OF_SERVICES, ListDesiredStates, N_("What services are to be like"),
        (
            Column(N_("Service"), lambda row: row.subscription, below=lambda row: row.account, link=_service),
            Column(N_("State"), _state, "state", below=lambda row: row.why),
            Column(N_("Since"), lambda row: row.since_on, "day"),
            Column(N_("Position"), lambda row: row.position, "count"),
        ),
        filters=(
            Field("state", N_("State"), "choice",
                  choices=tuple(Choice(code, state.word) for code, state in STATES.items())),
            Field("on", N_("On"), "day"),
        ),
        empty=N_("No service is in this state."),
    ),
    List(
        "/dunning/returns", ListReturns, N_("Returned after a payment"),
        (
            Column(N_("Service"), lambda row: row.subscription, below=lambda row: row.account, link=_service),
            Column(N_("Reason"), lambda row: row.reason),
            Column(N_("Payment"), lambda row: row.payment),
            Column(N_("Suspended since"), lambda row: row.suspended_on, "day"),
            Column(N_("Paid"), lambda row: row.paid_at, "instant"),
            Column(N_("Returned"), lambda row: row.returned_at, "instant"),
            Column(N_("Lifted by"), lambda row: State(LIFTED_BY[row.lifted_by]), "state"),
            Column(N_("Seconds"), lambda row: row.seconds, "count"),
        ),
        filters=DAYS, actions=(Act(N_("How long it took"), "/dunning/returns/times", ShowReturnTimes),),
        empty=N_("No service returned after a payment on these days."),
    ),
    List(
        "/dunning/returns/times", ShowReturnTimes, N_("From the payment to the return"),
        (
            Column(N_("Returns"), lambda row: row.returns, "count"),
            Column(N_("Half of them within, in seconds"), lambda row: row.median_seconds),
            Column(N_("99 of 100 within"), lambda row: row.p99_seconds),
            Column(N_("The longest"), lambda row: row.most_seconds),
        ),
        filters=DAYS, items=lambda times: (times,),
        actions=(Act(N_("Returned after a payment"), "/dunning/returns", ListReturns),),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{REASONS}/new", DefineSuspensionReason, N_("New reason"), N_("Define the reason"),
        (Field("code", N_("Code"), is_required=True, width=4), *POLICY),
        then=to(REASONS), back=to(REASONS), done=says(N_("The reason is defined.")),
    ),
    Form(
        f"{REASONS}/{{code}}/details", DefineSuspensionReason, N_("Change the reason"), N_("Save the policy"), POLICY,
        then=to(REASONS), back=to(REASONS), done=says(N_("The policy is saved; it holds for suspensions from now on.")),
        begins=_details, about=lambda visit: visit.path["code"],
    ),
)  # fmt: skip
SET_UP = (
    Tile("house", N_("Reasons for suspensions"), REASONS, ListSuspensionReasons,
         N_("What is charged, who lifts it, what the customer reads")),
    Tile("books", N_("Returned after a payment"), "/dunning/returns", ListReturns,
         N_("How long customers waited for it")),
    Tile("systems", N_("What services are to be like"), STATES_OF_SERVICES, ListDesiredStates,
         N_("What runs, is blocked, slower or off, as the network follows")),
)  # fmt: skip
