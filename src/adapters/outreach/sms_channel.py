"""The channel of SMS: numbers as networks take them, segments and their cost, through a gateway or a centre."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

import msgspec

from adapters.outreach.phone_numbers import international
from adapters.outreach.smpp import SENDS, Pace, SmppSession, SmppUnavailable
from adapters.outreach.sms_http import OutgoingSms, send_by_http
from adapters.outreach.sms_settings import SmppSettings, SmsGatewaySettings
from billing_core.kernel.money import Money, rounded
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.sms_terms import SmsTerms, price_of, written
from commands.outreach.channels import Outcome, OutgoingMessage, Postponed, Refused, Taken, Unsent

MOST_AT_ONCE = 8


class SmsOfSeller(NamedTuple):
    """In which country numbers without one are, and the terms of SMS, if the seller has set some."""

    country: str
    terms: SmsTerms | None


class SmsTransport(Protocol):
    """What takes SMS."""

    def send(self, messages: Sequence[OutgoingSms]) -> Sequence[Outcome]:
        """The outcome of each, in their order."""

    def close(self) -> None:
        """Let go of what is open."""


class SmsChannel:
    """Implements `Channel`."""

    name: ChannelName = "sms"

    def __init__(self, transport: SmsTransport, of_seller: Callable[[str], SmsOfSeller]) -> None:
        self._transport = transport
        self._of_seller = of_seller

    def send(self, batch: Sequence[OutgoingMessage]) -> Sequence[Outcome]:
        of_sellers = {seller: self._of_seller(seller) for seller in {each.seller for each in batch}}
        outgoing = [_outgoing(each, of_sellers[each.seller]) for each in batch]
        outcomes = iter(self._transport.send([each for each in outgoing if isinstance(each, OutgoingSms)]))
        return [
            _with_cost(next(outcomes), sms, of_sellers[message.seller].terms) if isinstance(sms, OutgoingSms) else sms
            for message, sms in zip(batch, outgoing, strict=True)
        ]

    def close(self) -> None:
        self._transport.close()


def _outgoing(message: OutgoingMessage, of_seller: SmsOfSeller) -> OutgoingSms | Refused:
    number = international(message.recipient, of_seller.country)
    if not number:
        return Refused("the customer's phone is no number that an SMS can be sent to")
    return OutgoingSms(message.message, number, written(message.text, of_seller.terms))


def _with_cost(outcome: Outcome, sms: OutgoingSms, terms: SmsTerms | None) -> Outcome:
    if not isinstance(outcome, Taken) or terms is None:
        return outcome
    return msgspec.structs.replace(outcome, cost=cost_of_one(sms, terms))


def cost_of_one(sms: OutgoingSms, terms: SmsTerms) -> Money | None:
    """What a message costs; None if no price is known for its number."""
    price = price_of(terms, sms.to)
    return None if price is None else rounded(price * len(sms.sms.segments), terms.currency)


class HttpTransport:
    """A gateway over HTTP, a few requests at a time."""

    def __init__(self, gateway: SmsGatewaySettings) -> None:
        self._gateway = gateway

    def send(self, messages: Sequence[OutgoingSms]) -> Sequence[Outcome]:
        with ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="sms") as threads:
            return list(threads.map(lambda message: send_by_http(message, self._gateway), messages))

    def close(self) -> None:
        """Nothing is open between two requests."""


class SmppTransport:
    """A centre by SMPP: the session is opened when it is needed, and again after it has ended."""

    def __init__(self, settings: SmppSettings, pace: Pace | None = None) -> None:
        self._settings = settings
        self._pace = pace
        self._session: SmppSession | None = None

    def send(self, messages: Sequence[OutgoingSms]) -> Sequence[Outcome]:
        if not messages:
            return []
        try:
            self._session = self._session or SmppSession(self._settings, SENDS, self._pace)
        except SmppUnavailable as error:
            return [Postponed(str(error))] * len(messages)
        outcomes = self._session.send(messages)
        if all(isinstance(each, Unsent) for each in outcomes):
            self.close()  # It may have ended: the next batch opens another one.
        return outcomes

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
