"""What a command did, in words: each of its events, the balance before and after, and what the next bill will be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from adapters.cli.show import say_more, tell, tell_wrapped
from adapters.texts.amounts import money

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from billing_core.accounts.account import Account
    from commands.platform.bus import Answer
    from commands.platform.ports import Origin
    from projections.platform.projection import LoggedEvent

MOST_EVENTS = 200
MOST_SHOWN = 20
ACCOUNT = "account/"


class AccountAfter(NamedTuple):
    """An account that a command changed: as it was before, None if it is new, as it is, and its bill of today.

    `next_bill` is empty if nothing would be billed, or says why it cannot be.
    """

    before: Account | None
    after: Account
    next_bill: str


def events_of(app: Application, answer: Answer, origin: Origin) -> Sequence[LoggedEvent]:
    """The first events of a command, in order."""
    return app.log.of_command(origin.command_id, answer.position, MOST_EVENTS) if answer.position else ()


def accounts_after(app: Application, events: Sequence[LoggedEvent], origin: Origin) -> list[AccountAfter]:
    """The accounts that the events changed, in their order."""
    from billing_core.accounts.account import apply_account

    first: dict[str, LoggedEvent] = {}
    for entry in events:
        if entry.stream.startswith(ACCOUNT):
            first.setdefault(entry.stream, entry)
    found = []
    for stream, entry in first.items():
        after = app.store.load(stream, apply_account)
        assert after is not None, f"{stream} has events and no state"
        before = app.store.load(stream, apply_account, entry.version - 1) if entry.version > 1 else None
        found.append(AccountAfter(before, after, _next_bill(app, stream, events, origin)))
    return found


def _next_bill(app: Application, stream: str, events: Sequence[LoggedEvent], origin: Origin) -> str:
    """What the account would be billed today, if its services or charges were changed and no document was issued."""
    from billing_core.charging.charges import ChargesPosted
    from billing_core.invoicing.invoices import DocumentEvent
    from billing_core.kernel.errors import BillingError, Unavailable
    from billing_core.services.events import SubscriptionEvent
    from commands.billing.account import BillAccount
    from commands.billing.run_ports import RunTotals
    from commands.platform.answers import read_plain
    from commands.platform.identity import new_id

    facts = [entry.event for entry in events if entry.stream == stream]
    if not any(isinstance(fact, SubscriptionEvent | ChargesPosted) for fact in facts):
        return ""
    if any(isinstance(fact, DocumentEvent) for fact in facts):
        return ""
    try:
        bill = BillAccount(account=stream.removeprefix(ACCOUNT))
        answer = app.bus.rehearse(bill, origin._replace(command_id=new_id()))
    except BillingError as refused:
        return f"it cannot be billed today: {refused}"
    except Unavailable:
        return ""  # The command itself was kept.
    return bill_text(read_plain(answer.result, RunTotals))


def bill_text(totals: Any) -> str:
    """What a bill of today would be: `billed today, it is charged 24.50 EUR and credited -16.31 EUR with VAT`."""
    parts = [f"an invoice of {money(amount)}" for amount in totals.invoiced.values()]
    parts += [f"a credit note of {money(amount)}" for amount in totals.credited.values()]
    return f"billed today, it gets {' and '.join(parts)}" if parts else ""


def tell_done(
    name: str, events: Sequence[LoggedEvent], accounts: Sequence[AccountAfter], today: date, is_repeated: bool
) -> None:
    """What a command did and what it cost."""
    if not events:
        tell(f"{name}: nothing changed, everything is so already.")
        return
    if is_repeated:
        tell(f"{name}: was applied before under this command id; nothing was done again. It was:")
    for entry in events[:MOST_SHOWN]:
        tell_wrapped(_event_text(entry, today), hanging=2)
    say_more(len(events) - MOST_SHOWN, "`billing audit` shows them")
    for account in accounts:
        tell_wrapped(_account_text(account), hanging=2)


def _event_text(entry: LoggedEvent, today: date) -> str:
    from adapters.texts.sentences import event_name, sentence

    kind, _, number = entry.stream.partition("/")
    on = "" if entry.event.effective_on == today else f" on {entry.event.effective_on}"
    name = event_name(entry.event).replace("-", " ").capitalize()
    return f"{name}{on}, {kind} {number}: {sentence(entry.event)}"


def _account_text(account: AccountAfter) -> str:
    from adapters.texts.billing import waiting_text
    from billing_core.kernel.money import total

    after = account.after
    balance = after.ledger.balance
    before = None if account.before is None else account.before.ledger.balance
    parts = [f"balance {money(balance)}{', which the customer owes' if balance.amount < 0 else ''}"]
    if before is not None and before != balance:
        parts[0] += f" (before: {money(before)})"
    if after.pending:
        amount = total((charge.amount for charge in after.pending), after.currency)
        parts.append(f"{waiting_text(after)}, {money(amount)} at list prices")
    return f"Account {after.number}: {'; '.join(filter(None, [*parts, account.next_bill]))}."


def done_document(events: Sequence[LoggedEvent], accounts: Sequence[AccountAfter]) -> dict[str, Any]:
    """The same for programs."""
    from adapters.texts.sentences import event_name, sentence

    return {
        "events": [
            {
                "stream": entry.stream,
                "event": event_name(entry.event),
                "effective_on": entry.event.effective_on,
                "what": sentence(entry.event),
            }
            for entry in events
        ],
        "accounts": [
            {
                "account": account.after.number,
                "balance_before": None if account.before is None else account.before.ledger.balance,
                "balance": account.after.ledger.balance,
            }
            for account in accounts
        ],
    }
