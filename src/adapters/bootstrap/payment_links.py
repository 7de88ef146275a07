"""Links of requests to pay: who has one sees the request and pays it, without signing in."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from adapters.bootstrap.application import Application
from adapters.bootstrap.card_desk import CardDesk, gateway_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import read_settings
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.payment_requests.requests import PaymentRequest, apply_requests, parts_of_name, require_request
from commands.accounts import account_stream
from commands.cards.charging import AskCardPayment
from commands.payment_requests import requests_stream
from commands.platform.identity import new_id
from commands.platform.ports import Origin

CHANNEL, ROLE = "payment link", "payer"
PATH = "/my/pay/{request}/{token}"


def link_of(request: str, token: str) -> str:
    """The address of a request; without the address of our pages its path."""
    return f"{read_settings().own_pages or ''}{PATH.format(request=request, token=token)}"


def proved(application: Application, name: str, token: str) -> PaymentRequest:
    """The request of a link; a link that was never made, or was replaced, gets the same answer as no request."""
    account, number = parts_of_name(name)
    known = application.store.load(requests_stream(account), apply_requests)
    try:
        request = require_request(known, number, account)
    except NotFound:
        request = None
    given = sha256(token.encode()).hexdigest()
    if not hmac.compare_digest(given, request.token_hash if request is not None else "") or request is None:
        raise NotFound("this link leads to nothing; perhaps a part of it is missing", field="link", value=None)
    return request


def card_page(application: Application, name: str, token: str, source: str) -> str:
    """The address of a page of the gateway on which the request is paid by card."""
    request = proved(application, name, token)
    if request.state != "open":
        raise RuleViolation("is not open any more", field="payment request", value=request.state)
    desk, identity = CardDesk(application, gateway_of(read_settings().stripe)), new_id()
    stream = account_stream(request.asked.account)
    origin = Origin(
        actor=f"{CHANNEL} {name}", role=ROLE, channel=CHANNEL, source=source, command_id=identity,
        correlation_id=identity, recorded_at=datetime.now(UTC),
        today=SellerClock(application.store, application.tables).today_of([stream])[stream],
    )  # fmt: skip
    command = AskCardPayment(
        account=request.asked.account, gateway=desk.gateway.name, amount=request.asked.amount.amount,
        invoices=request.asked.invoices,
    )  # fmt: skip
    answer = application.execute(command, origin)
    return desk.open_page(answer.result["card_payment"], link_of(name, token))
