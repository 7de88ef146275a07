"""Ask a customer to pay by a link: the link is made here, shown once, and sent; of its token only a hash is kept."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from adapters.actions.action import Acting, Action, Actions
from adapters.bootstrap.payment_links import link_of
from commands.outreach.messages import QueueMessage
from commands.payment_requests import AskForPayment, ReplacePaymentLink
from commands.platform.identity import new_id

TOKEN_BYTES = 24


class RequestPayment(Action, frozen=True, kw_only=True):
    """Ask for some open invoices of an account, for `amount`, or for all that it owes, by a link that needs no sign-in.

    The `link` of the answer is shown this once; unless `sends` is false it is sent to the customer, too. It is valid
    until a day, for 14 days without one.
    """

    account: str
    amount: Decimal | None = None
    invoices: tuple[str, ...] = ()
    valid_until: date | None = None
    note: str = ""
    sends: bool = True


class RenewPaymentLink(Action, frozen=True, kw_only=True):
    """Make another link for a request to pay that is open: the one before leads nowhere."""

    account: str
    number: int


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _request(action: RequestPayment, acting: Acting) -> dict[str, Any]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    command = AskForPayment(
        account=action.account, token_hash=_hash(token), amount=action.amount, invoices=action.invoices,
        valid_until=action.valid_until, note=action.note,
    )  # fmt: skip
    result = dict(acting.app.execute(command, acting.origin).result)
    link = link_of(result["request"], token)
    return {**result, "link": link, "message": _send(action, acting, result, link) if action.sends else ""}


def _send(action: RequestPayment, acting: Acting, result: dict[str, Any], link: str) -> str:
    """The message, if the seller's terms have the kind and the customer can be written to; else empty."""
    amount = result["amount"]
    values = {
        "amount": f"{amount['amount']} {amount['currency']}", "until_on": str(result["valid_until"]), "link": link,
        "reference": str(result["reference"]), "note": action.note,
    }  # fmt: skip
    command = QueueMessage(kind="payment-request", account=action.account, values=values,
                           cause=f"payment request {result['request']}")  # fmt: skip
    # It follows from the request, so that who may ask for a payment need not be permitted to write any message.
    origin = acting.origin._replace(command_id=new_id(), is_signed_in=False, channel="payment request")
    return str(acting.app.execute(command, origin).result.get("message", ""))


def _renew(action: RenewPaymentLink, acting: Acting) -> dict[str, Any]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    command = ReplacePaymentLink(account=action.account, number=action.number, token_hash=_hash(token))
    acting.app.execute(command, acting.origin)
    return {"link": link_of(f"{action.account}-{action.number}", token)}


ACTIONS: Actions = {RequestPayment: _request, RenewPaymentLink: _renew}
