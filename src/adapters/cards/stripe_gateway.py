"""Cards through Stripe: hosted pages, stored cards, charges without the customer, refunds, disputes.

A charge is made once: Stripe is asked for the intents of the customer, which it lists at once, and one that keeps our
key is reported instead of charging again. The same key goes along as the key of idempotency, which covers two askings
at the same moment. What Stripe did not answer, or answered by a fault of its own, is `Undelivered`: it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import stripe

from adapters.cards.settings import StripeSettings
from adapters.cards.stripe_reports import (
    ACCOUNT,
    AGREED,
    KEY,
    LONGEST_AGREED,
    NUMBER,
    WAY,
    in_minor_units,
    of_card,
    of_dispute,
    of_intent,
    of_refund,
    of_session,
    word,
)
from billing_core.cards.reports import CardReport, ChargeReport, RefundReport, Report
from billing_core.kernel.errors import InvalidValue
from commands.cards.ports import CardAgreement, CardAsk, Forged, RefundAsk, SignedCallback
from commands.platform.followers import Undelivered

NAME = "stripe"
PAGE = 100
OLDEST_SECONDS = 300


class StripeGateway:
    """Implements `commands.cards.ports.Gateway`."""

    name = NAME

    def __init__(self, settings: StripeSettings) -> None:
        self._callback_secret = settings.callback_secret.get_secret_value()
        client = stripe.StripeClient(
            settings.secret_key.get_secret_value(), base_addresses={"api": settings.api}, max_network_retries=0
        )
        self._api = client.v1

    # --- charges

    def charge(self, ask: CardAsk) -> ChargeReport:
        known = self._intent_of(ask)
        if known is not None:
            return of_intent(known)
        asked = ask.payment.asked
        wanted: Any = {
            "amount": in_minor_units(asked.amount), "currency": asked.amount.currency.lower(), "confirm": True,
            "customer": asked.gateway_customer, "payment_method": asked.payment_method, "off_session": True,
            "metadata": {KEY: ask.key, ACCOUNT: asked.account, WAY: "stored"},
        }  # fmt: skip
        try:
            return of_intent(_asked(lambda: self._api.payment_intents.create(wanted, _once(ask.key))))
        except stripe.CardError as error:
            return self._declined(ask, error)
        except stripe.InvalidRequestError as error:
            return _failed(ask, error.code or "invalid_request", str(error.user_message or error))

    def _declined(self, ask: CardAsk, error: stripe.CardError) -> ChargeReport:
        """What the charge that was declined says of itself; Stripe has kept it under our key."""
        known = self._intent_of(ask)
        if known is not None and of_intent(known).state != "failed":
            return of_intent(known)
        found: Any = error.error
        code = getattr(found, "decline_code", None) or error.code or "declined"
        reference = "" if known is None else known["id"]
        return _failed(ask, code, str(error.user_message or ""), reference)

    def _intent_of(self, ask: CardAsk) -> Any:
        """The intent that keeps our key, among those of the customer; None if there is none."""
        wanted: Any = {"customer": ask.payment.asked.gateway_customer, "limit": PAGE}
        try:
            intents = _asked(lambda: _every(self._api.payment_intents.list(wanted)))
            return next((each for each in intents if word(each, KEY) == ask.key), None)
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing":
                return None
            raise Undelivered(f"the gateway refuses the question: {error.user_message or error}") from None

    def look(self, ask: CardAsk) -> ChargeReport | None:
        reference = ask.payment.reference
        if not reference:
            known = self._intent_of(ask) if ask.payment.asked.way == "stored" else None
            return None if known is None else of_intent(known)
        return next((each for each in self.read(reference) if isinstance(each, ChargeReport)), None)

    def cancel(self, ask: CardAsk) -> ChargeReport | None:
        reference = ask.payment.reference
        try:
            if reference.startswith("cs_"):
                _asked(lambda: self._api.checkout.sessions.expire(reference))
            elif reference:
                _asked(lambda: self._api.payment_intents.cancel(reference))
        except stripe.InvalidRequestError:
            pass  # It has ended meanwhile, and the look says how.
        return self.look(ask)

    # --- pages

    def open_page(self, ask: CardAsk, back_to: str) -> ChargeReport:
        asked = ask.payment.asked
        words = {KEY: ask.key, ACCOUNT: asked.account, WAY: "page"}
        item = {
            "quantity": 1,
            "price_data": {
                "currency": asked.amount.currency.lower(), "unit_amount": in_minor_units(asked.amount),
                "product_data": {"name": asked.account},
            },
        }  # fmt: skip
        wanted: Any = {
            "mode": "payment", "line_items": [item], "success_url": back_to, "cancel_url": back_to, "metadata": words,
            "client_reference_id": ask.key, "payment_intent_data": {"metadata": words},
        }  # fmt: skip
        return of_session(_refusing(lambda: self._api.checkout.sessions.create(wanted, _once(ask.key))))

    def open_store_page(self, agreement: CardAgreement, back_to: str) -> str:
        customer = self._customer(agreement)
        words = {ACCOUNT: agreement.account, AGREED: agreement.agreed[:LONGEST_AGREED]}
        wanted: Any = {
            "mode": "setup", "customer": customer, "payment_method_types": ["card"], "success_url": back_to,
            "cancel_url": back_to, "metadata": words,
        }  # fmt: skip
        return str(_refusing(lambda: self._api.checkout.sessions.create(wanted))["url"])

    def attach(self, agreement: CardAgreement, payment_method: str) -> CardReport:
        customer = self._customer(agreement)
        try:
            method = _refusing(lambda: self._api.payment_methods.attach(payment_method, {"customer": customer}))
        except stripe.CardError as error:
            why = f"is refused: {error.user_message}"
            raise InvalidValue(why, field="payment method", value=payment_method) from None
        return of_card(method, agreement.account, agreement.agreed)

    def _customer(self, agreement: CardAgreement) -> str:
        wanted: Any = {"name": agreement.account, "metadata": {ACCOUNT: agreement.account}}
        return str(_refusing(lambda: self._api.customers.create(wanted))["id"])

    # --- refunds

    def refund(self, ask: RefundAsk) -> RefundReport:
        for known in self._refunds_of(ask.charge):
            if word(known, KEY) == ask.key and word(known, NUMBER) == str(ask.number):
                return of_refund(known, ask.key)
        wanted: Any = {
            "payment_intent": ask.charge, "amount": in_minor_units(ask.amount),
            "metadata": {KEY: ask.key, NUMBER: str(ask.number)},
        }  # fmt: skip
        once = _once(f"{ask.key}/refund/{ask.number}")
        try:
            return of_refund(_asked(lambda: self._api.refunds.create(wanted, once)), ask.key)
        except stripe.InvalidRequestError as error:
            return RefundReport(
                key=ask.key, reference=f"{ask.charge}-refund-{ask.number}", state="failed", amount=ask.amount,
                number=ask.number, code=error.code or "invalid_request",
            )  # fmt: skip

    def _refunds_of(self, intent: str) -> Sequence[Any]:
        wanted: Any = {"payment_intent": intent, "limit": PAGE}
        found: Sequence[Any] = _refusing(lambda: _every(self._api.refunds.list(wanted)))
        return found

    # --- what is so now

    def read(self, name: str) -> Sequence[Report]:
        reading = READERS.get(name.partition("_")[0])
        if reading is None:
            return ()
        try:
            return [each for each in reading(self, name) if not hasattr(each, "key") or each.key]
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing" or error.http_status == 404:
                return ()
            raise Undelivered(f"the gateway refuses the question: {error.user_message or error}") from None

    def _read_intent(self, name: str) -> list[Report]:
        """Of an intent behind a page the page is read: a card that is refused there may be followed by another one."""
        intent = _asked(lambda: self._api.payment_intents.retrieve(name))
        if word(intent, WAY) != "page" or intent["status"] == "succeeded":
            return [of_intent(intent)]
        wanted: Any = {"payment_intent": name, "limit": 1}
        return [of_session(each) for each in _asked(lambda: self._api.checkout.sessions.list(wanted))["data"]]

    def _read_session(self, name: str) -> list[Report]:
        session = _asked(lambda: self._api.checkout.sessions.retrieve(name))
        if session["mode"] != "setup":
            return [of_session(session)]
        setup = session.get("setup_intent")
        if session.get("status") != "complete" or not setup:
            return []
        found = _asked(lambda: self._api.setup_intents.retrieve(setup))
        method = _asked(lambda: self._api.payment_methods.retrieve(found["payment_method"]))
        return [of_card(method, word(session, ACCOUNT), word(session, AGREED))]

    def _read_charge(self, name: str) -> list[Report]:
        """The charge itself, and all that was given back of it."""
        intent = _asked(lambda: self._api.charges.retrieve(name)).get("payment_intent")
        if not intent:
            return []
        found = self._read_intent(intent)
        key = found[0].key if found and isinstance(found[0], ChargeReport) else ""
        return [*found, *(of_refund(each, key) for each in self._refunds_of(intent) if key)]

    def _read_refund(self, name: str) -> list[Report]:
        refund = _asked(lambda: self._api.refunds.retrieve(name))
        return [of_refund(refund, self._key_of(refund["payment_intent"]))] if refund.get("payment_intent") else []

    def _read_dispute(self, name: str) -> list[Report]:
        dispute = _asked(lambda: self._api.disputes.retrieve(name))
        return [of_dispute(dispute, self._key_of(dispute["payment_intent"]))] if dispute.get("payment_intent") else []

    def _key_of(self, intent: str) -> str:
        return word(_asked(lambda: self._api.payment_intents.retrieve(intent)), KEY)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> SignedCallback:
        signature = headers.get("stripe-signature", "")
        try:
            event = stripe.Webhook.construct_event(body, signature, self._callback_secret, OLDEST_SECONDS)
            return SignedCallback(str(event["id"]), str(event["type"]), str(event["data"]["object"]["id"]))
        except stripe.SignatureVerificationError as error:
            is_late = "tolerance" in str(error)
            raise Forged("was signed too long ago" if is_late else "has no right signature") from None
        except (ValueError, KeyError, TypeError):
            raise Forged("is no event of the gateway") from None


READERS: Mapping[str, Callable[[StripeGateway, str], list[Report]]] = {
    "pi": StripeGateway._read_intent,
    "cs": StripeGateway._read_session,
    "ch": StripeGateway._read_charge,
    "re": StripeGateway._read_refund,
    "pyr": StripeGateway._read_refund,
    "dp": StripeGateway._read_dispute,
    "du": StripeGateway._read_dispute,
}


def _failed(ask: CardAsk, code: str, text: str, reference: str = "") -> ChargeReport:
    return ChargeReport(key=ask.key, reference=reference or f"none-{ask.key}", state="failed", code=code, text=text,
                        amount=ask.payment.asked.amount)  # fmt: skip


def _once(key: str) -> Any:
    return {"idempotency_key": key}


def _every(found: Any) -> Sequence[Any]:
    """All objects of a list, page after page."""
    return [each.to_dict() for each in found.auto_paging_iter()]


def _asked(ask: Callable[[], Any]) -> Any:
    """An answer; what did not come, or came of a fault of the gateway, is asked again later."""
    try:
        answer = ask()
        return answer.to_dict() if isinstance(answer, stripe.StripeObject) else answer
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        raise Undelivered(f"the gateway did not answer: {error.user_message or type(error).__name__}") from None


def _refusing(ask: Callable[[], Any]) -> Any:
    """An answer; what the gateway refuses is wrong in what was asked."""
    try:
        return _asked(ask)
    except stripe.InvalidRequestError as error:
        raise InvalidValue(f"is refused by the gateway: {error.user_message or error}", field="card payment",
                           value=error.param or error.code or "") from None  # fmt: skip
