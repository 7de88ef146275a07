"""Credit limits: set an account's own, grant more for some time, and end that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.billing.credit_ends import suspended_without_credit
from billing_core.credit_limits import (
    CreditLimitSet,
    TemporaryCreditEnded,
    TemporaryCreditGranted,
    end_temporary,
    grant_temporary,
    set_limit,
)
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.parties.details import require_text
from commands.accounts import account_stream, load_account
from commands.billing.account import catalogue_of, load_history
from commands.payments.account import served_again
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeUp

# --- commands


class SetCreditLimit(Command, frozen=True, kw_only=True):
    """Set how far the balance of an account may fall below zero; without a limit that of its plan holds again.

    On a prepaid account services come back at once if the money is enough now, or are suspended if it is no more.
    """

    account: str
    limit: Decimal | None = None
    reason: str


class GrantTemporaryCredit(Command, frozen=True, kw_only=True):
    """Let an account owe `amount` more than its limit up to and including the date `until`, in place of an earlier one.

    Services of a prepaid account that wait for money come back at once if it is enough for them.
    """

    account: str
    amount: Decimal
    until: date
    reason: str


class EndTemporaryCredit(Command, frozen=True, kw_only=True):
    """End the temporary credit of an account. The day after its last one gives it by itself; before, say the `reason`.

    Services of a prepaid account whose balance lies below the limit then are suspended for insufficient funds.
    """

    account: str
    reason: str = ""


# --- handlers


def handle_set_limit(command: SetCreditLimit, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    require_text(command.reason, "reason")
    limit = None if command.limit is None else require_amount(command.limit, account.currency, "limit")
    fact = CreditLimitSet(effective_on=origin.today, limit=limit, reason=command.reason)
    return decision_on_credit(account, version, set_limit(account.credit, fact), transaction, origin)


def handle_grant(command: GrantTemporaryCredit, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    require_text(command.reason, "reason")
    amount = require_amount(command.amount, account.currency, "amount")
    fact = TemporaryCreditGranted(
        effective_on=origin.today, amount=amount, until_on=command.until, reason=command.reason
    )
    return decision_on_credit(
        account, version, grant_temporary(account.credit, fact, origin.today), transaction, origin
    )


def handle_end(command: EndTemporaryCredit, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = TemporaryCreditEnded(effective_on=origin.today, reason=command.reason)
    return decision_on_credit(account, version, end_temporary(account.credit, fact, origin.today), transaction, origin)


def decision_on_credit(
    account: Account, version: int, events: Sequence[Event], transaction: Transaction, origin: Origin
) -> Decision:
    """Some events that change the credit of an account, with their immediate effect if it is prepaid."""
    if not events:
        return Decision(())
    recorded = [*events, *after_credit(account, version, events, transaction, origin)]
    return Decision((Append(account_stream(account.number), version, recorded),))


def after_credit(
    account: Account, version: int, events: Sequence[Event], transaction: Transaction, origin: Origin
) -> list[Event]:
    """The services that a change of the credit suspends or brings back, and their charges; the account is moved on."""
    for fact in events:
        account.apply(fact)
    if account.prepaid is None:
        return []
    history = load_history(transaction, account.number, version)
    for fact in events:
        history.apply(fact)
    suspended = suspended_without_credit(account, catalogue_of(account, transaction), history, origin.today)
    for suspension in suspended:
        account.apply(suspension)
    return [*suspended, *served_again(account, version, [*events, *suspended], transaction, origin)]


# --- what happens by itself


def _end(wake_up: WakeUp) -> EndTemporaryCredit:
    return EndTemporaryCredit(account=wake_up.number)


AREA = Area(
    handlers={
        SetCreditLimit: handle_set_limit,
        GrantTemporaryCredit: handle_grant,
        EndTemporaryCredit: handle_end,
    },
    wakes={"temporary-credit": _end},
)
