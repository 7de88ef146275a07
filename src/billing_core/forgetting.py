"""Forgetting a customer: when the person may be erased, and which documents the law keeps until when.

Decides that everything is settled: no service, no contract in force, no charge to come, no open item, no balance. The
marks on the fields
(`personal`) say what is erased then; sums, document totals and numbers are unchanged.

Worked example, ten years of retention: an invoice issued on 14 March 2026 is kept for the rest of 2026 and the ten
years 2027 to 2036. Until 31 December 2036 its print names the buyer, from 1 January 2037 on the buyer is unknown. A
contract that was signed is kept in the same way after the year in which it ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.billing.run import account_due_on, past_changed
from billing_core.contracts.contract import Contract
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import total, zero
from billing_core.parties.customers import Customer, CustomerState
from billing_core.parties.details import require_text
from billing_core.parties.forgotten import CustomerForgotten, KeptDocument
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import segments

# Shorter words may stand in any text.
LEAST_TELLING = 4


def require_forgettable(customer: CustomerState) -> None:
    """A merged record is forgotten with the one that is kept; a parent's children need another one first."""
    number = customer.customer.number
    if customer.merged_into:
        raise RuleViolation(f"was merged into customer {customer.merged_into}; forget that one, and both are forgotten",
                            field="customer number", value=number)  # fmt: skip
    if customer.children:
        raise RuleViolation(f"is the parent of {', '.join(customer.children)}; put them under another one, or under "
                            "none, with `assign-parent`", field="customer number", value=number)  # fmt: skip


class IssuedDocument(NamedTuple):
    """A document that names the customer, and how long its seller must keep it; a contract counts from its end."""

    number: str
    issued_on: date
    retention_years: int


def kept_until(issued_on: date, retention_years: int) -> date:
    """The first day on which a document need not be kept any more: whole years, after the year of issue."""
    return date(issued_on.year + retention_years + 1, 1, 1)


def forget_customer(
    existing: CustomerState,
    accounts: Sequence[Account],
    documents: Iterable[IssuedDocument],
    ordered_by: str,
    reason: str,
    on: date,
    senders: Sequence[str] = (),
    contracts: Sequence[Contract] = (),
) -> list[Event]:
    """Forget a customer with which everything is settled; the same order again changes nothing.

    `senders` stand for the customer in remittances that were assigned to its accounts.
    """
    number = existing.customer.number
    if (forgotten := existing.forgotten) is not None:
        if (forgotten.ordered_by, forgotten.reason) == (ordered_by, reason):
            return []
        raise RuleViolation(
            f"was forgotten on {forgotten.effective_on} by order of {forgotten.ordered_by}; there is nothing left to "
            "forget",
            field="customer number",
            value=number,
        )
    for field, text in (("reason", reason), ("ordered by", ordered_by)):
        require_text(text, field)
        _require_anonymous(text, field, existing.customer)
    for contract in contracts:
        if contract.status == "signed":
            raise RuleViolation("is still in force; give notice or agree on its end, and wait until it has ended",
                                field="contract", value=contract.number)  # fmt: skip
    for account in accounts:
        _require_settled(account, on)
    kept = ((item.number, kept_until(item.issued_on, item.retention_years)) for item in documents)
    return [
        CustomerForgotten(
            effective_on=on,
            customer=number,
            ordered_by=ordered_by,
            reason=reason,
            accounts=tuple(account.number for account in accounts),
            kept=tuple(KeptDocument(document, until) for document, until in kept if on < until),
            senders=tuple(senders),
        )
    ]


def _require_anonymous(text: str, field: str, customer: Customer) -> None:
    """The order stays on record, so it must not name the erased person; words of a person's name count as written."""
    whole = (customer.name, customer.email, customer.phone, *customer.legal_ids.values())
    words = customer.name.split() if customer.kind == "person" else ()
    if any(part and len(part) >= LEAST_TELLING and part.casefold() in text.casefold() for part in whole) or any(
        len(word) >= LEAST_TELLING and word in text for word in words
    ):
        raise InvalidValue(
            "names the customer, and would stay on record; write for example `the customer`",
            field=field,
            value=text,
        )


def _require_settled(account: Account, on: date) -> None:
    for subscription in account.subscriptions.values():
        if not _is_terminated(subscription, on):
            raise RuleViolation(
                f"account {account.number} still has it on {on}; terminate it first, or wait until it has ended",
                field="subscription",
                value=subscription.code,
            )
    nothing = zero(account.currency)
    waiting = total((charge.amount for charge in account.pending), account.currency) != nothing
    if waiting or account_due_on(account) is not None or past_changed(account):
        raise RuleViolation("has something to bill yet; bill it first, with `billing run`", field="account",
                            value=account.number)  # fmt: skip
    for invoice, item in account.ledger.open_items.items():
        raise RuleViolation(
            f"account {account.number} still owes {item.amount} on it; have it paid or credited first",
            field="invoice",
            value=invoice,
        )
    if account.ledger.balance != nothing:
        raise RuleViolation(f"has a balance of {account.ledger.balance}; settle it first", field="account",
                            value=account.number)  # fmt: skip


def _is_terminated(subscription: Subscription, on: date) -> bool:
    return all(segment.to_on is not None and segment.to_on <= on for segment in segments(subscription.timeline))
