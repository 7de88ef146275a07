"""With which fields, and within which bounds, customers give the commands that they may give.

ChangeTariff     account, subscription, tariff, from the next period or today      to a tariff that is offered
HoldSubscription account, subscription, on, until            from today on, with an end, if the tariff has terms for it
OpenPromise      account, until                                                    on the terms of the seller
OpenInstalmentPlan account, dates                           equal parts, on the terms of the seller
PlanYearlyHold   account, subscription, from_day, to_day     if the tariff has terms for it; also EndYearlyHold
ChangeCustomer   number; of the changes phone and e-mail
AskCardPayment   account, amount                            on a page of the gateway
RedeemVoucher    account, code
AgreeToStoringCard account, the wording; RemoveCard account
GiveConsent      customer, purpose, by the web                                     also WithdrawConsent; as of today
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.self_care import offered
from billing_core.services.terms import in_force_on
from billing_core.staff.roles import NotPermitted
from commands.accounts import load_account
from commands.cards.charging import AskCardPayment
from commands.cards.stored import AgreeToStoringCard, RemoveCard
from commands.catalogue import load_tariff
from commands.parties import ChangeCustomer, GiveConsent, WithdrawConsent
from commands.platform.bus import Command, operation_name
from commands.platform.ports import Store, Transaction
from commands.promises import OpenInstalmentPlan, OpenPromise
from commands.self_care.messages import ReportProblem
from commands.self_care.passwords import GiveCustomerPassword
from commands.services.status import HoldSubscription
from commands.services.subscriptions import subscription_of
from commands.services.terms import ChangeTariff
from commands.services.yearly_holds import EndYearlyHold, PlanYearlyHold
from commands.vouchers import RedeemVoucher

FIELDS: Mapping[type[Command], frozenset[str]] = {
    ChangeTariff: frozenset({"account", "subscription", "tariff", "from_next_period"}),
    HoldSubscription: frozenset({"account", "subscription", "on", "until"}),
    OpenPromise: frozenset({"account", "until"}),
    OpenInstalmentPlan: frozenset({"account", "dates"}),
    PlanYearlyHold: frozenset({"account", "subscription", "from_day", "to_day"}),
    EndYearlyHold: frozenset({"account", "subscription"}),
    ChangeCustomer: frozenset({"number", "changes"}),
    ReportProblem: frozenset({"customer", "subject", "text", "account", "subscription", "about"}),
    GiveConsent: frozenset({"customer", "purpose", "channel"}),
    WithdrawConsent: frozenset({"customer", "purpose", "channel"}),
    RedeemVoucher: frozenset({"account", "code"}),
    AskCardPayment: frozenset({"account", "gateway", "amount"}),
    AgreeToStoringCard: frozenset({"account", "agreed"}),
    RemoveCard: frozenset({"account", "reason"}),
    GiveCustomerPassword: frozenset({"customer", "password_hash"}),
}
WEB = "web"
DETAILS = frozenset({"email", "phone"})


class SelfCareLimits:
    """Checks the commands of customers; threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def require(self, command: Command, today: date) -> None:
        """A customer may give the command as it is."""
        _require_fields(command, FIELDS.get(type(command), frozenset()), operation_name(type(command)))
        match command:
            case GiveConsent() | WithdrawConsent() if command.channel != WEB:
                raise NotPermitted("is not for customers to say", field="channel", value=command.channel)
            case ChangeCustomer():
                _require_fields(command.changes, DETAILS, "changes")
            case ChangeTariff():
                with self._store.transaction() as transaction:
                    require_offered(command, transaction, today)
            case HoldSubscription():
                with self._store.transaction() as transaction:
                    _require_hold(command, transaction, today)
            case PlanYearlyHold():
                with self._store.transaction() as transaction:
                    _require_terms_of_hold(command, transaction, today)


def _require_fields(struct: msgspec.Struct, own: frozenset[str], what: str) -> None:
    """Everything else is as it is by default."""
    for field in msgspec.structs.fields(type(struct)):
        value = getattr(struct, field.name)
        is_set = field.required or value != field.default
        if field.name not in own and is_set and value != _made(field):
            raise NotPermitted("is not for customers to say", field=f"{what} {field.name}", value=None)


def _made(field: msgspec.structs.FieldInfo) -> object:
    return None if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def require_offered(command: ChangeTariff, transaction: Transaction, today: date) -> None:
    """The tariff is one of those that are offered for the service."""
    account, _ = load_account(transaction, command.account)
    present = in_force_on(subscription_of(account, command.subscription), today).tariff
    wanted = load_tariff(transaction, command.tariff)
    if not offered(load_tariff(transaction, present), [wanted], today):
        raise RuleViolation("is not offered for this service; ask the house", field="tariff", value=command.tariff)


def _require_hold(command: HoldSubscription, transaction: Transaction, today: date) -> None:
    on = command.on or today
    if on < today:
        raise RuleViolation("lies in the past; a pause begins today or later", field="on", value=on)
    _require_terms_of_hold(command, transaction, on)
    if command.until is None:
        raise RuleViolation("is missing; a pause has an end", field="until", value="")


def _require_terms_of_hold(command: HoldSubscription | PlanYearlyHold, transaction: Transaction, on: date) -> None:
    """The tariff of the day has terms for a hold, so that customers may take one by themselves."""
    account, _ = load_account(transaction, command.account)
    present = in_force_on(subscription_of(account, command.subscription), on).tariff
    if load_tariff(transaction, present).hold is None:
        raise RuleViolation("cannot be paused on the own pages; ask the house", field="subscription",
                            value=command.subscription)  # fmt: skip
