"""Postpaid invoices of a prepaid account that waited for their due date: on it, unused money settles them.

Whether a service that is paid before is served on a day depends on the dates of these invoices alone, so nothing is
decided differently if this comes a little late.
"""

from __future__ import annotations

from billing_core.payments.falling_due import FALLS_DUE, let_fall_due
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeHandlers, WakeUp


class SettleItemsDue(Command, frozen=True, kw_only=True):
    """Settle the postpaid invoices of a prepaid account that have fallen due by its unused money.

    On their due date it is given by itself.
    """

    account: str


def handle_settle_items_due(command: SettleItemsDue, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    events = let_fall_due(account.ledger, origin.today)
    return Decision((Append(account_stream(account.number), version, events),) if events else ())


def _settle(wake_up: WakeUp) -> SettleItemsDue:
    return SettleItemsDue(account=wake_up.number)


HANDLERS: Handlers = {SettleItemsDue: handle_settle_items_due}
WAKES: WakeHandlers = {FALLS_DUE: _settle}
