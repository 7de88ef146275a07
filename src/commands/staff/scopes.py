"""Whether what a command or query concerns belongs to the customers of the operator's dealer, or to the customer.

`commands.platform.concerns` draws the whole. Here is whose a thing is, and what who asks is answered if it is not the
dealer's, or the customer's, own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from billing_core.accounts.account import apply_account
from billing_core.approvals import apply_request
from billing_core.cash.sessions import no_receipt, no_transit
from billing_core.contracts.contract import apply_contract
from billing_core.invoicing.invoices import CREDIT_NOTE_CLAIM, INVOICE_CLAIM
from billing_core.kernel.errors import AlreadyExists, BillingError, NotFound
from billing_core.parties.customers import apply_customer
from billing_core.payments.events import PAYMENT_CLAIM
from billing_core.staff.roles import NotPermitted
from billing_core.work.tickets import apply_ticket
from commands.accounts import account_stream
from commands.approval_streams import request_stream
from commands.dealers import no_such_dealer
from commands.parties import customer_stream
from commands.platform.concerns import Concern, Named, Scope
from commands.platform.ports import Store, Transaction
from commands.staff.cash_scopes import dealers_of_cash

DOCUMENT_CLAIMS = (INVOICE_CLAIM, CREDIT_NOTE_CLAIM)


class Scopes:
    """Checks what an operator may see and touch; threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def require_own(self, scope: Scope, concern: Concern, struct: Any) -> None:
        """What a command or query concerns is within the scope; one without limits has anything."""
        if not (scope.dealer or scope.customer):
            return
        with self._store.transaction() as transaction:
            named = [(thing, thing.key(struct)) for thing in concern.things]
            for thing, key in named:
                if key or not thing.is_optional:
                    _require_own(scope, thing, key, transaction)
        if scope.customer and not any(key for _, key in named):
            raise NotPermitted("names nothing that is the customer's own", field="customer", value=scope.customer)


def _require_own(scope: Scope, thing: Named, key: str, transaction: Transaction) -> None:
    owner = _owner_of(thing, key, transaction)
    is_new = thing.kind.startswith("new ")
    if not (_is_within(owner, scope) or (is_new and owner is None and not scope.customer)):
        raise _taken(thing, key) if is_new else _missing(thing, key)


class Owner(NamedTuple):
    """Whose a thing is: a customer, if it is one's, and the dealer whose customer that is, if it is a dealer's.

    Of cash in transit there is a dealer on each side, if both desks are dealers'.
    """

    customer: str
    dealer: str
    receiver: str = ""


def _is_within(owner: Owner | None, scope: Scope) -> bool:
    if owner is None:
        return False
    return owner.customer == scope.customer if scope.customer else scope.dealer in (owner.dealer, owner.receiver)


def _owner_of(thing: Named, key: str, transaction: Transaction) -> Owner | None:
    """Whose a thing is; empty if it is the house's own, None if there is no such thing."""
    match thing.kind.removeprefix("new "):
        case "customer":
            customer, _ = transaction.load(customer_stream(key), apply_customer)
            return None if customer is None else Owner(key, customer.dealer)
        case "account" | "document" | "request" | "payment" as kind:
            stream = _account_of(kind, key, transaction)
            return None if stream is None else _owner_of_account(stream, transaction)
        case "ticket":
            ticket, _ = transaction.load(f"ticket/{key}", apply_ticket)
            return None if ticket is None else _owned_by(ticket.customer, transaction)
        case "contract":
            contract, _ = transaction.load(f"contract/{key}", apply_contract)
            return None if contract is None else _owned_by(contract.customer, transaction)
        case "cash desk" | "cash receipt" | "cash in transit" as kind:
            dealers = dealers_of_cash(kind, key, transaction)
            return None if dealers is None else Owner("", *dealers)
    return Owner("", key)


def _account_of(kind: str, key: str, transaction: Transaction) -> str | None:
    """The stream of the account that a thing belongs to; None if there is no such thing."""
    match kind:
        case "document":
            claims = [claim for each in DOCUMENT_CLAIMS for claim in transaction.claimed(each, [key]).values()]
            return claims[0].stream if claims else None
        case "request":
            request, _ = transaction.load(request_stream(key), apply_request)
            return None if request is None else account_stream(request.asked.account)
        case "payment":
            claim = transaction.claimed(PAYMENT_CLAIM, [key]).get(key)
            return None if claim is None else claim.stream
    return account_stream(key)


def _owner_of_account(stream: str, transaction: Transaction) -> Owner | None:
    if not stream.startswith(account_stream("")):
        return Owner("", "")  # Money that came in and is nobody's yet.
    account, _ = transaction.load(stream, apply_account)
    if account is None:
        return None
    return _owned_by(account.customer, transaction)


def _owned_by(number: str, transaction: Transaction) -> Owner:
    customer, _ = transaction.load(customer_stream(number), apply_customer)
    return Owner(number, "" if customer is None else customer.dealer)


def _missing(thing: Named, key: str) -> BillingError:
    match thing.kind:
        case "document":
            return NotFound("no invoice and no credit note has this number", field="number", value=key)
        case "dealer":
            return no_such_dealer(key)
        case "cash desk":
            return NotFound("no such cash desk is registered; `billing cash` lists them", field="desk", value=key)
        case "cash receipt":
            return no_receipt(key)
        case "cash in transit":
            return no_transit(key)
    return NotFound(f"no such {thing.kind}", field=thing.kind, value=key)


def _taken(thing: Named, key: str) -> BillingError:
    what = thing.kind.removeprefix("new ")
    return AlreadyExists(f"is taken; choose another {'reference' if what == 'payment' else 'number'}", field=what,
                         value=key)  # fmt: skip
