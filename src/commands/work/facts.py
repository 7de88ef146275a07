"""The facts of a ticket that expressions of its flow may use: its own, and those of its account and subscription."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.accounts.account import Account, apply_account
from billing_core.services.subscriptions import Subscription
from billing_core.work.expressions import Value
from billing_core.work.flow_checks import ACCOUNT_FACTS, TICKET_FACTS, asks_of_account
from billing_core.work.flows import Flow
from billing_core.work.tickets import Ticket
from commands.accounts import account_stream
from commands.platform.ports import Transaction
from commands.work.known_outages import known_outage

OutsideFacts = dict[str, Value]


def outside_facts(ticket: Ticket, number: str, flow: Flow, transaction: Transaction, today: date) -> OutsideFacts:
    """What is known of the ticket and of what it is about, now; what it is not about is None.

    The account is read if the flow asks something of it.
    """
    facts: OutsideFacts = dict.fromkeys(TICKET_FACTS | ACCOUNT_FACTS)
    facts |= {f"ticket.{field}": getattr(ticket.about, field) or None for field in ticket.about.__struct_fields__}
    facts |= {
        "ticket.number": number, "ticket.subject": ticket.subject, "ticket.customer": ticket.customer or None,
        "ticket.priority": ticket.priority, "ticket.opened_on": ticket.opened_on, "today": today,
        "ticket.labour_minutes": Decimal(ticket.labour_minutes), "ticket.children": Decimal(len(ticket.children)),
        "outage.ticket": known_outage(transaction, ticket.about, but_not=number) or None,
    }  # fmt: skip
    if ticket.about.account and asks_of_account(flow):
        account, _ = transaction.load(account_stream(ticket.about.account), apply_account)
        if account is not None:
            facts |= _of_account(account, ticket.about.subscription, today)
    return facts


def _of_account(account: Account, subscription: str, today: date) -> OutsideFacts:
    facts: OutsideFacts = {
        "account.balance": account.ledger.balance.amount,
        "account.currency": account.currency,
        "account.customer": account.customer,
    }
    found = account.subscriptions.get(subscription)
    return facts if found is None else facts | _of_subscription(found, today)


def _of_subscription(subscription: Subscription, today: date) -> OutsideFacts:
    """State and tariff on this day, neither before its activation; and the first day without it, once it is known."""
    segments = subscription.segments()
    if not segments:  # It ended on the day on which it was activated.
        return {"subscription.state": subscription.end_status}
    facts: OutsideFacts = {"subscription.ends_on": segments[-1].to_on}
    for segment in reversed(segments):
        if segment.from_on <= today:
            is_over = segment.to_on is not None and segment.to_on <= today
            state = subscription.end_status if is_over else segment.in_force.status
            return facts | {"subscription.state": state, "subscription.tariff": segment.in_force.tariff}
    return facts
