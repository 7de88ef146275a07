"""The facts of a ticket that expressions of its flow may use: its own, those of its account, and of its visit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.accounts.account import Account, apply_account
from billing_core.services.subscriptions import Subscription
from billing_core.work.expressions import Value
from billing_core.work.flow_checks import ACCOUNT_FACTS, TICKET_FACTS, VISIT_FACTS, asks_of_account, asks_of_visit
from billing_core.work.flows import Flow
from billing_core.work.tickets import Ticket
from commands.accounts import account_stream
from commands.platform.ports import Transaction
from commands.work.appointments import appointments_of
from commands.work.crews import load_crew
from commands.work.known_outages import known_outage
from commands.work.service_levels import working_time_of

OutsideFacts = dict[str, Value]


def outside_facts(ticket: Ticket, number: str, flow: Flow, transaction: Transaction, today: date) -> OutsideFacts:
    """What is known of the ticket and of what it is about, now; what it is not about is None.

    The account and the visit are read if the flow asks something of them.
    """
    facts: OutsideFacts = dict.fromkeys(TICKET_FACTS | ACCOUNT_FACTS | VISIT_FACTS)
    facts |= {f"ticket.{field}": getattr(ticket.about, field) or None for field in ticket.about.__struct_fields__}
    facts |= {
        "ticket.number": number, "ticket.subject": ticket.subject, "ticket.customer": ticket.customer or None,
        "ticket.priority": ticket.priority, "ticket.opened_on": ticket.opened_on, "today": today,
        "ticket.labour_minutes": Decimal(ticket.labour_minutes), "ticket.children": Decimal(len(ticket.children)),
        "outage.ticket": known_outage(transaction, ticket.about, but_not=number) or None,
    }  # fmt: skip
    if asks_of_visit(flow):
        facts |= _of_visit(number, transaction)
    if ticket.about.account and asks_of_account(flow):
        account, _ = transaction.load(account_stream(ticket.about.account), apply_account)
        if account is not None:
            facts |= _of_account(account, ticket.about.subscription, today)
    return facts


def _of_visit(ticket: str, transaction: Transaction) -> OutsideFacts:
    """The newest visit that is booked, with its times in the time zone of its crew."""
    for number, appointment, version in reversed(list(appointments_of(transaction, ticket))):
        if appointment.state == "booked":
            crew, _ = load_crew(transaction, appointment.crew)
            zone = working_time_of(transaction, crew.crew.seller, crew.crew.hours).zone
            begins_at, ends_at = (at.astimezone(zone) for at in (appointment.time.begins_at, appointment.time.ends_at))
            return {
                "appointment.begins_at": begins_at.isoformat(), "appointment.ends_at": ends_at.isoformat(),
                "appointment.on": appointment.on, "appointment.job_kind": appointment.job_kind,
                "appointment.address": appointment.place.text, "appointment.crew": appointment.crew,
                "appointment.booking": f"{number} {version}",
            }  # fmt: skip
    return {}


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
