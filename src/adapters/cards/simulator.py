"""A simulator of a card gateway in Stripe's dialect: pages, stored cards, charges, refunds, disputes, callbacks.

It keeps everything in memory and moves no money. Like the real one it knows keys of idempotency, sends callbacks again
until they are taken, in any order and now and then twice; it can lose an answer after it has acted. A customer's card
is one of these, by the gateway's name of it:

    pm_good          is charged
    pm_poor          is refused with insufficient_funds, until `poor_from` is raised
    pm_stolen        is refused with stolen_card
    pm_confirm       asks the customer to confirm
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

Body = dict[str, Any]
REFUSALS = {"pm_poor": "insufficient_funds", "pm_stolen": "stolen_card"}
DECLINED, MISSING, WRONG = 402, 404, 400


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, error: Body) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class LostAnswer(Exception):
    """The gateway has acted, and its answer is lost on the way."""


class SimulatedGateway:
    """The state of the gateway, and what may be done to it from outside: as its customers and banks do."""

    def __init__(self, callback_secret: str = "whsec_simulated") -> None:
        self.callback_secret = callback_secret
        self.objects: dict[str, Body] = {}
        self.callbacks: list[Body] = []
        self.answers: dict[str, tuple[int, Body]] = {}
        self.lose_next = 0
        self.address = ""
        self._numbers = itertools.count(1)
        self.lock = threading.RLock()

    # --- what customers and banks do

    def pay_page(self, session: str, card: str = "pm_good") -> None:
        """A customer pays on a page with a card, or is refused and may try another one."""
        with self.lock:
            page = self.objects[session]
            if page["mode"] == "setup":
                self._stored(page, card)
                return
            intent = self.objects[page["payment_intent"]]
            if card in REFUSALS:
                self._refuse(intent, REFUSALS[card])
                return
            self._succeed(intent)
            page["status"], page["payment_status"] = "complete", "paid"
            self._tell("checkout.session.completed", page)

    def expire_page(self, session: str) -> None:
        """Nobody paid on a page within a day."""
        with self.lock:
            page = self.objects[session]
            page["status"] = "expired"
            self._tell("checkout.session.expired", page)

    def confirm(self, intent: str, *, is_confirmed: bool = True) -> None:
        """The customer confirms a charge at the bank, or does not."""
        with self.lock:
            found = self.objects[intent]
            found["next_action"] = None
            if is_confirmed:
                self._succeed(found)
            else:
                self._refuse(found, "authentication_required")

    def dispute(self, intent: str, status: str = "needs_response", amount: int | None = None) -> str:
        """The payer disputes a charge; the name of the dispute."""
        with self.lock:
            found = self.objects[intent]
            dispute = self._make(
                "dispute", "dp", payment_intent=intent, charge=found["latest_charge"], status=status,
                amount=amount or found["amount"], currency=found["currency"], reason="fraudulent",
            )  # fmt: skip
            self._tell("charge.dispute.created", dispute)
            return str(dispute["id"])

    def decide(self, dispute: str, status: str) -> None:
        """The bank decides a dispute, or takes it up after an inquiry."""
        with self.lock:
            found = self.objects[dispute]
            found["status"] = status
            self._tell("charge.dispute.closed", found)

    def refund_here(self, intent: str, amount: int) -> str:
        """Somebody refunds a charge at the gateway itself."""
        with self.lock:
            refund = self._refund({"payment_intent": intent, "amount": str(amount)})
            return str(refund["id"])

    def fail_refund(self, refund: str) -> None:
        """The bank of the card does not take a refund."""
        with self.lock:
            found = self.objects[refund]
            found["status"], found["failure_reason"] = "failed", "lost_or_stolen_card"
            self._tell("refund.failed", found)

    def signed(self, callback: Body, at: int | None = None, secret: str = "") -> tuple[bytes, dict[str, str]]:
        """A callback as it is sent: body and headers."""
        body = json.dumps(callback)
        signature = stripe.WebhookSignature.generate_signature_header(body, secret or self.callback_secret, at)
        return body.encode(), {"Stripe-Signature": signature, "Content-Type": "application/json"}

    # --- what is asked over HTTP

    def answer(self, method: str, path: str, words: Body, once: str) -> tuple[int, Body]:
        """The answer of a request; the same again for a key of idempotency that is known."""
        with self.lock:
            if once and once in self.answers:
                return self.answers[once]
            try:
                answer = 200, self._act(method, path.removeprefix("/v1/").split("/"), words)
            except Refused as error:
                answer = error.status, {"error": error.error}
            if once:
                self.answers[once] = answer
            if self.lose_next and method == "POST":
                self.lose_next -= 1
                raise LostAnswer
            return answer

    def _act(self, method: str, parts: list[str], words: Body) -> Body:
        kind, rest = ("checkout", parts[2:]) if parts[0] == "checkout" else (parts[0], parts[1:])
        if method == "GET":
            return self._found(rest[0]) if rest else self._listed(kind, words)
        if not rest:
            return self._made()[kind](words)
        found = self._found(rest[0])
        return self._changed()[rest[1]](found, words)

    def _made(self) -> dict[str, Callable[[Body], Body]]:
        return {
            "customers": lambda words: self._make("customer", "cus", **words),
            "payment_intents": self._charge,
            "checkout": self._page,
            "refunds": self._refund,
        }

    def _changed(self) -> dict[str, Callable[[Body, Body], Body]]:
        return {"attach": self._attach, "cancel": self._cancel, "expire": self._expire}

    def _found(self, name: str) -> Body:
        if name not in self.objects and name.startswith("pm_"):
            self._method(name)
        if name not in self.objects:
            raise Refused(MISSING, {"type": "invalid_request_error", "code": "resource_missing", "message": name})
        return self.objects[name]

    def _listed(self, kind: str, words: Body) -> Body:
        names = {"payment_intents": "payment_intent", "checkout": "checkout.session", "refunds": "refund"}
        wanted = {name: words[name] for name in ("customer", "payment_intent") if name in words}
        data = [
            each for each in reversed(self.objects.values())
            if each["object"] == names[kind] and all(each.get(name) == value for name, value in wanted.items())
        ]  # fmt: skip
        return {"object": "list", "data": data[:100], "has_more": False, "url": f"/v1/{kind}"}

    # --- what it does

    def _make(self, kind: str, prefix: str, **words: Any) -> Body:
        name = f"{prefix}_{next(self._numbers)}"
        self.objects[name] = {"id": name, "object": kind, "metadata": {}, **words}
        return self.objects[name]

    def _method(self, name: str) -> Body:
        card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2039}
        self.objects[name] = {"id": name, "object": "payment_method", "card": card, "customer": None}
        return self.objects[name]

    def _attach(self, method: Body, words: Body) -> Body:
        method["customer"] = words["customer"]
        return method

    def _charge(self, words: Body) -> Body:
        intent = self._intent(words)
        card = str(words["payment_method"])
        if card in REFUSALS:
            self._refuse(intent, REFUSALS[card])
            error = {"type": "card_error", "code": "card_declined", "decline_code": REFUSALS[card],
                     "message": "Your card was declined."}  # fmt: skip
            raise Refused(DECLINED, error)
        if card == "pm_confirm":
            intent["status"] = "requires_action"
            address = f"{self.address}/confirm/{intent['id']}"
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": address}}
            self._tell("payment_intent.requires_action", intent)
            return intent
        self._succeed(intent)
        return intent

    def _intent(self, words: Body) -> Body:
        return self._make(
            "payment_intent", "pi", amount=int(words["amount"]), currency=words["currency"], status="processing",
            customer=words.get("customer"), metadata=words.get("metadata", {}), latest_charge=None, next_action=None,
            last_payment_error=None,
        )  # fmt: skip

    def _succeed(self, intent: Body) -> None:
        charge = self._make("charge", "ch", payment_intent=intent["id"], amount=intent["amount"])
        intent["status"], intent["latest_charge"] = "succeeded", charge["id"]
        intent["amount_received"], intent["last_payment_error"] = intent["amount"], None
        self._tell("payment_intent.succeeded", intent)

    def _refuse(self, intent: Body, code: str) -> None:
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {"code": "card_declined", "decline_code": code, "message": "declined"}
        self._tell("payment_intent.payment_failed", intent)

    def _cancel(self, intent: Body, words: Body) -> Body:
        if intent["status"] == "succeeded":
            raise Refused(WRONG, {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"})
        intent["status"] = "canceled"
        self._tell("payment_intent.canceled", intent)
        return intent

    def _page(self, words: Body) -> Body:
        page = self._make(
            "checkout.session", "cs", mode=words["mode"], status="open", payment_status="unpaid", setup_intent=None,
            metadata=words.get("metadata", {}), customer=words.get("customer"), payment_intent=None,
        )  # fmt: skip
        page["url"] = f"{self.address}/pages/{page['id']}"
        if words["mode"] == "payment":
            price = words["line_items"]["0"]["price_data"]
            page["amount_total"], page["currency"] = int(price["unit_amount"]), price["currency"]
            intent = {"amount": price["unit_amount"], "currency": price["currency"], **words["payment_intent_data"]}
            page["payment_intent"] = self._intent(intent)["id"]
            self.objects[page["payment_intent"]]["status"] = "requires_payment_method"
        return page

    def _stored(self, page: Body, card: str) -> None:
        method = self._found(card)
        method["customer"] = page["customer"]
        setup = self._make("setup_intent", "seti", payment_method=card, status="succeeded")
        page["status"], page["setup_intent"] = "complete", setup["id"]
        self._tell("checkout.session.completed", page)

    def _expire(self, page: Body, words: Body) -> Body:
        if page["status"] != "open":
            raise Refused(WRONG, {"type": "invalid_request_error", "code": "session_not_open"})
        self.expire_page(page["id"])
        return page

    def _refund(self, words: Body) -> Body:
        intent = self.objects[words["payment_intent"]]
        amount = int(words["amount"])
        before = sum(each["amount"] for each in self.objects.values()
                     if each["object"] == "refund" and each["payment_intent"] == intent["id"]
                     and each["status"] == "succeeded")  # fmt: skip
        if before + amount > intent["amount"]:
            raise Refused(WRONG, {"type": "invalid_request_error", "code": "charge_already_refunded"})
        refund = self._make(
            "refund", "re", payment_intent=intent["id"], amount=amount, currency=intent["currency"],
            status="succeeded", metadata=words.get("metadata", {}), charge=intent["latest_charge"],
        )  # fmt: skip
        self._tell("charge.refunded", self.objects[intent["latest_charge"]])
        return refund

    def _tell(self, kind: str, found: Body) -> None:
        """A callback with the object as it is now: by the time it is taken it may be out of date."""
        name = f"evt_{next(self._numbers)}"
        self.callbacks.append(
            {"id": name, "object": "event", "type": kind, "data": {"object": json.loads(json.dumps(found))}}
        )


@contextmanager
def serving(gateway: SimulatedGateway, port: int = 0) -> Iterator[str]:
    """The address of the simulator while it serves."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", nested(urlsplit(self.path).query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self._answer("POST", nested(body))

        def _answer(self, method: str, words: Body) -> None:
            once = self.headers.get("Idempotency-Key", "") if method == "POST" else ""
            try:
                status, found = gateway.answer(method, urlsplit(self.path).path, words, once)
            except LostAnswer:
                self.close_connection = True
                return
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """The simulator says nothing of its requests."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        gateway.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield gateway.address
        finally:
            server.shutdown()
            thread.join()


def nested(encoded: str) -> Body:
    """`metadata[key]=1&amount=2` is {"metadata": {"key": "1"}, "amount": "2"}."""
    found: Body = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        *path, last = name.replace("]", "").split("[")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found
