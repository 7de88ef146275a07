"""Kinds of messages and channels: which there are, what each tells, and which need the customer's consent.

Decides which variables the template of a kind may name; not how they are written in a language.

    invoice      number, gross, issued_on, due_on, and what every message knows: customer_name, seller_name, account ...
    overdue      step, debt, due_on and items: the documents that are open, in a loop
    bulk         subject and text, to customers who agreed to it
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

import msgspec

from billing_core.kernel.errors import BillingError, InvalidValue
from billing_core.kernel.money import Money, require_amount

MessageKind = Literal[
    "invoice", "credit-note", "payment-received", "due-soon", "overdue", "suspended", "returned", "promise", "hold",
    "contract-ending", "price-change", "planned-work", "outage", "visit", "card-payment", "payment-request", "debit",
    "bulk",
]  # fmt: skip
ChannelName = Literal["email", "sms", "push", "letter"]
VariableKind = Literal["text", "money", "date", "instant", "items"]
MESSAGE_KINDS: tuple[MessageKind, ...] = get_args(MessageKind)
CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)
# Those that have a subject, and with which documents can go.
ON_PAGES: frozenset[ChannelName] = frozenset({"email", "letter"})
# Advertising is for customers who agreed to it; everything else the house owes its customers to say.
MARKETING: frozenset[MessageKind] = frozenset({"bulk"})
MOST_VALUE = 4_000
MOST_ITEMS = 100

Variables = Mapping[str, VariableKind]
# What every message may tell, whatever it is about; empty if it is not known.
COMMON: Variables = {
    "customer_name": "text", "customer_number": "text", "seller_name": "text", "seller_email": "text",
    "seller_phone": "text", "account": "text", "balance": "money", "payment_reference": "text", "iban": "text",
}  # fmt: skip
OWN: Mapping[MessageKind, Variables] = {
    "invoice": {"number": "text", "gross": "money", "issued_on": "date", "due_on": "date"},
    "credit-note": {"number": "text", "gross": "money", "issued_on": "date", "corrects": "text"},
    "payment-received": {"amount": "money", "received_on": "date"},
    "due-soon": {"step": "text", "debt": "money", "due_on": "date", "items": "items"},
    "overdue": {"step": "text", "debt": "money", "due_on": "date", "items": "items"},
    "suspended": {"service": "text", "reason": "text", "since_on": "date"},
    "returned": {"service": "text", "since_on": "date"},
    "promise": {"outcome": "text", "amount": "money", "until_on": "date"},
    "hold": {"service": "text", "since_on": "date"},
    "contract-ending": {"contract": "text", "ends_on": "date"},
    "price-change": {"service": "text", "tariff": "text", "since_on": "date"},
    "planned-work": {"place": "text", "from_at": "instant", "until_at": "instant", "text": "text"},
    "outage": {"ticket": "text", "place": "text"},
    "visit": {"ticket": "text", "work": "text", "place": "text", "begins_at": "instant", "ends_at": "instant"},
    "card-payment": {"outcome": "text", "amount": "money", "link": "text"},
    "payment-request": {"amount": "money", "until_on": "date", "reference": "text", "link": "text", "note": "text"},
    "debit": {"amount": "money", "collect_on": "date", "mandate": "text", "creditor_id": "text"},
    "bulk": {"subject": "text", "text": "text"},
}


class MessageItem(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A document that is open: so much of it, due on a day."""

    document: str
    open: Money
    due_on: date


def variables_of(kind: MessageKind) -> dict[str, VariableKind]:
    """What the template of a kind may name."""
    return {**COMMON, **OWN[kind]}


def require_values(kind: MessageKind, values: Mapping[str, str]) -> None:
    """Values that the kind knows, each written as its variable has it.

    120.00 EUR for money, 2026-03-14 for a date, 2026-03-14T10:00:00+01:00 for an instant
    """
    known = OWN[kind]
    for name, value in values.items():
        if name not in known or known[name] == "items":
            raise InvalidValue(f"is no value of the kind {kind}; known are {', '.join(known)}", field="values",
                               value=name)  # fmt: skip
        if len(value) > MOST_VALUE:
            raise InvalidValue(
                f"must not be longer than {MOST_VALUE:,} characters", field=name, value=f"{value[:40]}..."
            )
        if value:
            read_value(known[name], value, name)


def read_value(kind: VariableKind, value: str, field: str = "values") -> str | Money | date | datetime:
    """A value as its variable has it; a text that says something else is refused."""
    try:
        match kind:
            case "money":
                return _money(value)
            case "date":
                return date.fromisoformat(value)
            case "instant":
                return _instant(value)
    except (ValueError, InvalidOperation, BillingError) as error:
        raise InvalidValue(f"is no {kind} as in {_EXAMPLES[kind]} ({error})", field=field, value=value) from None
    return value


_EXAMPLES = {"money": "120.00 EUR", "date": "2026-03-14", "instant": "2026-03-14T10:00:00+01:00"}


def _money(value: str) -> Money:
    amount, _, currency = value.partition(" ")
    return require_amount(Decimal(amount), currency, "amount")


def _instant(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("the time zone is missing")
    return instant
