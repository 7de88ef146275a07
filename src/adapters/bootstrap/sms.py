"""The channels of SMS and of push, as the settings say."""

from __future__ import annotations

from adapters.bootstrap.application import Application
from adapters.bootstrap.settings import Settings
from adapters.outreach.push import PushChannel
from adapters.outreach.sms_channel import HttpTransport, SmppTransport, SmsChannel, SmsOfSeller
from billing_core.outreach.sms_terms import apply_sms_terms
from billing_core.parties.sellers import apply_seller
from commands.outreach.sms_terms import sms_terms_stream
from commands.parties import seller_stream


def sms_channel(application: Application, settings: Settings) -> SmsChannel | None:
    """The channel of SMS; None unless a gateway or a centre is set."""

    def of_seller(seller: str) -> SmsOfSeller:
        known = application.store.load(seller_stream(seller), apply_seller)
        terms = application.store.load(sms_terms_stream(seller), apply_sms_terms)
        return SmsOfSeller(known.address.country if known else "", terms)

    if settings.smpp is not None:
        return SmsChannel(SmppTransport(settings.smpp), of_seller)
    return SmsChannel(HttpTransport(settings.sms_gateway), of_seller) if settings.sms_gateway is not None else None


def push_channel(settings: Settings) -> PushChannel | None:
    """The channel of push; None unless an app server is set."""
    return PushChannel(settings.push) if settings.push is not None else None
