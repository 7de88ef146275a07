"""Mails with a link by which a customer signs in once, as a follower of the log.

The link is made when the mail is sent, and its 15 minutes begin then. A mail that is tried again has another link,
because nothing is kept from which the first one could be read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from adapters.bootstrap.application import Application
from adapters.bootstrap.mail_out import Sending, sending_of
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.signed_in import own_sign_in_of
from adapters.messages.sending import send_mail
from adapters.messages.writing import PlainMail, write_plain
from billing_core.parties.customers import apply_customer
from billing_core.self_care import SignInLinkAsked
from commands.parties import customer_stream
from commands.platform.followers import Delivery, Follower, Undeliverable

NAME = "sign-in-links"
SUBJECT = "Your link to sign in"
TEXT = """Sign in by this link. It works once, within 15 minutes:

{link}

If you did not ask for it, do nothing: without the link nobody can sign in."""


def link_followers(application: Application, settings: Settings) -> list[Follower]:
    """The follower that sends links; none unless a mail server and the address of the pages are set."""
    sending = sending_of(application, settings)
    if sending is None or settings.own_pages is None:
        return []
    return [Follower(NAME, (SignInLinkAsked,), partial(_deliver, application, sending, settings.own_pages))]


def _deliver(application: Application, sending: Sending, pages: str, delivery: Delivery) -> None:
    asked = delivery.entry.event
    assert isinstance(asked, SignInLinkAsked)
    state = application.store.load(customer_stream(asked.customer), apply_customer)
    if state is None or state.forgotten or not state.customer.email:
        return
    now = datetime.now(UTC)
    link = own_sign_in_of(application).make_link(asked.customer, now)
    text = TEXT.format(link=f"{pages}/my/enter?link={link}")
    mail = PlainMail(f"link.{delivery.entry.position}.{delivery.attempt}", state.customer.email, SUBJECT, text, now)
    try:
        written = write_plain(mail, sending.sender)
    except ValueError:
        raise Undeliverable("the customer's address is none that a mail can be sent to") from None
    send_mail(written, sending.sender.address, state.customer.email, sending.server)
