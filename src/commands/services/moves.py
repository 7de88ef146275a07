"""Move a subscription to another account, and undo that: two accounts in one decision."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.billing.moves import Move, Moved, move, undo_move
from billing_core.charging.view import view_of
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.services.events import SubscriptionActivated, SubscriptionParametersGiven
from commands.accounts import account_stream, load_account
from commands.billing.account import load_history
from commands.parties import load_customer_to_serve
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.services.service_fields import carried_fields
from commands.services.subscriptions import (
    SubscriptionChange,
    SubscriptionCommand,
    load_subject,
    parameters_given,
    subscription_of,
    tariffs_of,
)

# --- commands


class MoveSubscription(SubscriptionChange, frozen=True, kw_only=True):
    """Continue the subscription in another account of the same currency, under the same code and on the same terms."""

    to_account: str


class UndoMove(SubscriptionCommand, frozen=True, kw_only=True):
    """Undo a move of the date `on`: the subscription returns to `account`, as if it had not been moved."""

    to_account: str
    on: date
    reason: str


# --- handlers


def handle_move(command: MoveSubscription, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    there, there_version = load_account(transaction, command.to_account)
    load_customer_to_serve(transaction, there.customer)
    _require_another(subject.account, there)
    usage = load_history(transaction, subject.account.number, subject.version).usage.get(command.subscription, ())
    moved = move(
        subject.subscription,
        Move(subject.account.number, there.number, subject.on),
        there.subscriptions,
        there.opened_on,
        view_of(subject.subscription, subject.account.billing_days, usage),
        tariffs_of(subject.subscription, transaction),
    )
    said = _parameters(subject.account, there, command.subscription, subject.on, transaction)
    moved = moved._replace(into=[*moved.into, *said])
    fields = carried_fields(subject.account, there, command.subscription, transaction, origin.today)
    accounts = _accounts(subject.account, subject.version, there, there_version, moved)
    return Decision((*accounts, *fields), result={"effective_on": subject.on.isoformat()})


def handle_undo_move(command: UndoMove, transaction: Transaction, origin: Origin) -> Decision:
    former, former_version = load_account(transaction, command.account)
    there, there_version = load_account(transaction, command.to_account)
    usage = load_history(transaction, there.number, there_version).usage.get(command.subscription, ())
    moved = undo_move(
        subscription_of(former, command.subscription),
        subscription_of(there, command.subscription),
        Move(former.number, there.number, command.on),
        command.reason,
        usage,
    )
    said = _parameters(there, former, command.subscription, command.on, transaction)
    moved = moved._replace(away=[*moved.away, *said])
    fields = carried_fields(there, former, command.subscription, transaction, origin.today)
    return Decision((*_accounts(former, former_version, there, there_version, moved), *fields))


def _parameters(
    giving: Account, taking: Account, subscription: str, on: date, transaction: Transaction
) -> list[SubscriptionParametersGiven]:
    """The parameters of one account, set on the other: the subscription may be another customer's now."""

    def fold(said: dict[str, str] | None, fact: Event) -> dict[str, str]:
        said = said or {}
        if isinstance(fact, SubscriptionActivated | SubscriptionParametersGiven) and fact.subscription == subscription:
            return said | dict.fromkeys(fact.asked, "") | fact.parameters
        return said

    said, _ = transaction.load(account_stream(giving.number), fold)
    return [parameters_given(taking, subscription, said, on)] if said else []


def _require_another(account: Account, there: Account) -> None:
    if account.number == there.number:
        raise RuleViolation("is already on this account", field="to account", value=there.number)
    if account.currency != there.currency:
        raise InvalidValue(
            f"is kept in {there.currency}, account {account.number} in {account.currency}; terminate the subscription "
            "and activate another one there", field="to account", value=there.number,
        )  # fmt: skip


def _accounts(
    account: Account, version: int, there: Account, there_version: int, moved: Moved
) -> tuple[Append, Append]:
    return (
        Append(account_stream(account.number), version, moved.away),
        Append(account_stream(there.number), there_version, moved.into),
    )


HANDLERS: Handlers = {MoveSubscription: handle_move, UndoMove: handle_undo_move}
