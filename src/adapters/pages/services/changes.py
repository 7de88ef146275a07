"""The forms of changes of a service: each shows what it does to the next bills before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.pages.custom_fields.asked import custom_fields, values_of
from adapters.pages.forms import Choice, Field, Form
from adapters.pages.page import N_
from adapters.pages.services.choices import (
    card_of,
    other_accounts,
    reasons_to_resume,
    reasons_to_suspend,
    subscription_of,
    tariffs_on_sale,
)
from adapters.pages.services.effect import money_effect
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.holds import CheckHold, HoldCheck
from commands.services.moves import MoveSubscription, UndoMove
from commands.services.service_fields import SetServiceFields
from commands.services.status import (
    CancelChange,
    HoldSubscription,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from commands.services.terms import (
    AddOption,
    ChangeParameters,
    ChangePrice,
    ChangeQuantity,
    ChangeTariff,
    DropOption,
    EndDiscount,
    GrantDiscount,
)
from commands.services.yearly_holds import EndYearlyHold, PlanYearlyHold

PATH = "/accounts/{account}/subscriptions/{subscription}"
FROM = Field("on", N_("From"), "from")
REASON = Field("reason", N_("Reason"), is_required=True)
PARAMETERS = Field("parameters", N_("Parameters"), "pairs", N_("One on each line, as in: user name = vrabcova"))
PRICES = Field("prices", N_("Agreed prices"), "pairs", N_("One on each line, component and price, as in: fee = 18.50"))
UNPRICED = Field(
    "unpriced_usage", N_("Usage that then has no price"), "choice",
    choices=(Choice("last-price", N_("Charge it at its last price")), Choice("waive", N_("Waive it"))),
)  # fmt: skip
# A move and changed parameters are taken back in other ways.
CANCELLED: Mapping[type, str] = {
    ChangeTariff: "change-tariff", HoldSubscription: "hold", SuspendSubscription: "suspend",
    ResumeSubscription: "resume", TerminateSubscription: "terminate", AddOption: "add-option",
    DropOption: "drop-option", ChangeQuantity: "change-quantity", ChangePrice: "change-price",
    GrantDiscount: "grant-discount", EndDiscount: "end-discount",
}  # fmt: skip


def service_of(visit: Visit, done: Any = None) -> str:
    """The page of the service."""
    return PATH.format(**visit.path)


def _about(visit: Visit) -> str:
    return f"{visit.path['subscription']}, {visit.path['account']}"


def _on_hold(visit: Visit) -> str:
    """The terms of the tariff for a hold, what is left of its days, and everything that speaks against one today."""
    about = _about(visit)
    if not visit.may(CheckHold):
        return about
    asked = {name: visit.path[name] for name in ("account", "subscription")}
    found: HoldCheck = visit.ask(CheckHold, **asked)
    if found.offer is None:
        return f"{about}: {visit.translated(N_('the tariff has no terms for a hold'))}"
    terms, said = found.offer.terms, [about]
    if found.offer.left_days is not None:
        said.append(visit.translated(N_("%(days)s days are left this year")) % {"days": found.offer.left_days})
    if terms.notice_days:
        said.append(visit.translated(N_("%(days)s days of notice")) % {"days": terms.notice_days})
    if found.debt.amount and not terms.with_debt:
        said.append(visit.translated(N_("not before %(debt)s are paid")) % {"debt": amount_with_currency(found.debt)})
    if found.offer.fee.amount:
        said.append(visit.translated(N_("each hold costs %(fee)s")) % {"fee": amount_with_currency(found.offer.fee)})
    return "; ".join(said)


def _undo(command: type) -> Callable[[Visit, Any], str] | None:
    """The address of the form that cancels the change, on its day."""
    kind = CANCELLED.get(command)
    if kind is None:
        return None

    def address(visit: Visit, done: Any) -> str:
        path = PATH.format(**visit.path)
        return f"{path}/cancel-change?kind={kind}&on={done.result.get('effective_on', visit.today.isoformat())}"

    return address


def _done(text: str) -> Callable[[Visit, Any], str]:
    def said(visit: Visit, done: Any) -> str:
        on = done.result.get("effective_on", "")
        return f"{visit.path['subscription']}: {visit.translated(text)}{f', {on}' if on else ''}."

    return said


def _change(name: str, command: type, texts: tuple[str, str, str], *fields: Field, **more: Any) -> Form:
    """A form of a change; `texts` are its title, its button, and what is said when it is done."""
    title, button, done = texts
    return Form(
        f"{PATH}/{name}", command, title, button, fields, then=lambda visit, done: card_of(visit), back=card_of,
        done=_done(done), effect=money_effect(command), undo=_undo(command), **{"about": _about, **more},
    )  # fmt: skip


def _form(name: str, command: type, texts: tuple[str, str, str], *fields: Field) -> Form:
    """A form of what changes no money by itself."""
    title, button, done = texts
    return Form(
        f"{PATH}/{name}", command, title, button, fields, then=lambda visit, done: card_of(visit), back=card_of,
        done=_done(done), about=_about,
    )  # fmt: skip


def _tariff_now(visit: Visit) -> dict[str, Any]:
    return {"tariff": subscription_of(visit).tariff}


def _moved_on(visit: Visit) -> dict[str, Any]:
    return {"on": visit.today.isoformat()}


# fmt: off
CHANGES = (
    _change(
        "change-tariff", ChangeTariff, (N_("Change tariff"), N_("Change the tariff"), N_("the tariff is changed")),
        Field("tariff", N_("New tariff"), "choice", choices=tariffs_on_sale, is_required=True), FROM,
        PRICES, Field("until", N_("Agreed prices until"), "day", width=4), PARAMETERS, UNPRICED,
        begins=_tariff_now,
    ),
    _change(
        "hold", HoldSubscription, (N_("Hold"), N_("Hold the service"), N_("the service is on hold")),
        FROM, Field("until", N_("Until"), "day", N_("Empty: until it is resumed"), width=6),
        Field("charge_percent", N_("Percent of the fees meanwhile"), "amount", width=6),
        Field("waive_conditions", N_("Without notice, and with a debt"), "check"), about=_on_hold,
    ),
    _form(
        "yearly-hold", PlanYearlyHold,
        (N_("Hold every year"), N_("Plan the holds"), N_("the service is on hold every year")),
        Field("from_day", N_("From"), hint=N_("Month and day, such as 10-01"), is_required=True, width=6),
        Field("to_day", N_("To, inclusive"), hint=N_("Month and day, such as 03-31"), is_required=True, width=6),
    ),
    _form(
        "yearly-hold/end", EndYearlyHold,
        (N_("End the yearly hold"), N_("End it"), N_("the service is on hold every year no more")),
    ),
    _change(
        "suspend", SuspendSubscription,
        (N_("Suspend"), N_("Suspend the service"), N_("the service is suspended")),
        Field("reason", N_("Reason"), "choice", is_required=True, choices=reasons_to_suspend), FROM,
        Field("charge_percent", N_("Percent of the fees meanwhile"), "amount", width=6),
    ),
    _change(
        "resume", ResumeSubscription, (N_("Resume"), N_("Resume the service"), N_("the service is resumed")), FROM,
        Field("reason", N_("Only the suspension for"), "choice", N_("Empty: all of them"), choices=reasons_to_resume),
    ),
    _change(
        "terminate", TerminateSubscription,
        (N_("Terminate"), N_("Terminate the service"), N_("the service is terminated")),
        REASON, Field("on", N_("Ends on"), "from"), Field("notice_given_on", N_("Notice given on"), "day", width=6),
        Field("waive_notice", N_("Waive the notice period"), "check"), UNPRICED,
    ),
    _change(
        "move", MoveSubscription,
        (N_("Move to another account"), N_("Move the service"), N_("the service is moved")),
        Field("to_account", N_("Account"), "choice", choices=other_accounts, is_required=True), FROM,
    ),
    _change(
        "undo-move", UndoMove, (N_("Undo a move"), N_("Take the service back"), N_("the move is undone")),
        Field("to_account", N_("Account to which it was moved"), "choice", choices=other_accounts, is_required=True),
        Field("on", N_("Day of the move"), "day", is_required=True, width=6), REASON, begins=_moved_on,
    ),
    _change(
        "add-option", AddOption, (N_("Add an option"), N_("Add the option"), N_("the option is added")),
        Field("option", N_("Option"), is_required=True), FROM,
    ),
    _change(
        "drop-option", DropOption, (N_("Drop an option"), N_("Drop the option"), N_("the option is dropped")),
        Field("option", N_("Option"), is_required=True), FROM,
    ),
    _change(
        "change-quantity", ChangeQuantity,
        (N_("Change quantity"), N_("Change the quantity"), N_("the quantity is changed")),
        Field("quantity", N_("Quantity"), "amount", is_required=True, width=4), FROM,
    ),
    _change(
        "change-price", ChangePrice, (N_("Agree prices"), N_("Agree the prices"), N_("the prices are agreed")),
        PRICES._replace(is_required=True), Field("until", N_("Agreed prices until"), "day", width=4), FROM,
    ),
    _change(
        "change-parameters", ChangeParameters,
        (N_("Change parameters"), N_("Change the parameters"), N_("the parameters are changed")),
        PARAMETERS._replace(is_required=True), FROM,
    ),
    Form(
        f"{PATH}/fields", SetServiceFields, N_("Other details"), N_("Save the details"), (), then=service_of,
        back=service_of, done=_done(N_("the details are saved")), about=_about,
        begins=lambda visit: values_of(subscription_of(visit).custom_fields, "values"),
        asks=lambda visit: custom_fields(visit, "service", clears=True, word="values"),
    ),
    _change(
        "grant-discount", GrantDiscount,
        (N_("Grant a discount"), N_("Grant the discount"), N_("the discount is granted")),
        Field("discount.code", N_("Code"), is_required=True, width=4),
        Field("discount.name", N_("Name on the invoice"), is_required=True, width=8),
        Field("discount.percent", N_("Percent"), "amount", width=4),
        Field("discount.to", N_("Until"), "day", width=4),
        Field("discount.billed_periods", N_("Number of periods"), "whole", width=4), FROM,
    ),
    _change(
        "end-discount", EndDiscount,
        (N_("End a discount"), N_("End the discount"), N_("the discount is ended")),
        Field("code", N_("Code"), is_required=True, width=4), FROM,
    ),
    _change(
        "cancel-change", CancelChange,
        (N_("Cancel a change"), N_("Cancel the change"), N_("the change is cancelled")),
        Field("kind", N_("Change"), "choice", is_required=True, width=6, choices=(
            Choice("change-tariff", N_("Change of tariff")), Choice("hold", N_("Hold")),
            Choice("suspend", N_("Suspension")), Choice("resume", N_("Resumption")),
            Choice("terminate", N_("Termination")), Choice("change-quantity", N_("Change of quantity")),
            Choice("change-price", N_("Agreed prices")), Choice("add-option", N_("Option added")),
            Choice("drop-option", N_("Option dropped")), Choice("grant-discount", N_("Discount granted")),
            Choice("end-discount", N_("Discount ended")), Choice("waive", N_("Waiver")),
        )),
        Field("on", N_("Its day"), "day", is_required=True, width=6), Field("reason", N_("Reason")), UNPRICED,
    ),
)
# fmt: on
