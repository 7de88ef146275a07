"""Waive a charge: its days are credited at once, with the discounts and surcharges on them."""

from __future__ import annotations

from billing_core.billing.issuing import bill_events
from billing_core.billing.run import bill_with
from billing_core.billing.waivers import waive
from billing_core.charging.charges import ChargesPosted
from billing_core.parties.details import require_text
from commands.accounts import account_stream, load_account
from commands.billing.account import load_history
from commands.billing.numbers import issue_for
from commands.corrections.account import recorded_and_billed
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction


class WaiveCharge(Command, frozen=True, kw_only=True):
    """Waive the rest of a charge: it is credited if it was invoiced, and never charged again."""

    account: str
    charge: str
    reason: str


def handle_waive_charge(command: WaiveCharge, transaction: Transaction, origin: Origin) -> Decision:
    require_text(command.reason, "reason")
    account, version = load_account(transaction, command.account)
    history = load_history(transaction, account.number, version)
    facts = waive(command.charge, history, command.reason, origin.today)
    match facts:
        case [ChargesPosted(charges=credits)]:
            bill = bill_with(account, credits, {}, origin.today, history)
            issue = issue_for(account, transaction, origin.today, bill.documents)
            events = bill_events(account, bill, issue, origin.today, command.reason)
            return Decision((Append(account_stream(account.number), version, events),))
    return recorded_and_billed(account.number, facts, command.reason, transaction, origin)


HANDLERS: Handlers = {WaiveCharge: handle_waive_charge}
