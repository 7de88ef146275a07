"""The stored card of an account, and the terms on which a seller charges cards."""

from __future__ import annotations

from billing_core.cards.on_account import agree_to_storing, remove_card, store_card
from billing_core.cards.reports import CardReport
from billing_core.cards.terms import USUAL_TERMS, CardTerms, CardTermsSet, apply_card_terms, set_card_terms
from commands.accounts import load_account
from commands.cards.streams import card_stream, card_terms_stream, load_card
from commands.parties import load_customer_to_serve, load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SetCardTerms(Command, frozen=True, kw_only=True):
    """On which terms the stored cards of a seller's customers are charged, and tried again after a refusal."""

    seller: str
    terms: CardTerms = USUAL_TERMS


class AgreeToStoringCard(Command, frozen=True, kw_only=True):
    """Note that the customer agrees to this wording: a card is to be stored and charged with what is due."""

    account: str
    agreed: str


class StoreCard(Command, frozen=True, kw_only=True):
    """Store a card that the gateway keeps: it is charged with what is due on the account, instead of the one before.

    The number of a card is never given: `payment_method` and `gateway_customer` are the gateway's names, `expires` the
    card's last month, `agreed` the wording that the customer agreed to.
    """

    account: str
    gateway: str
    gateway_customer: str
    payment_method: str
    brand: str
    last_four: str
    expires: str
    agreed: str = ""


class RemoveCard(Command, frozen=True, kw_only=True):
    """Charge the stored card of an account no more."""

    account: str
    reason: str


# --- handlers


def handle_set_terms(command: SetCardTerms, transaction: Transaction, origin: Origin) -> Decision:
    load_seller(transaction, command.seller)
    stream = card_terms_stream(command.seller)
    known, version = transaction.load(stream, apply_card_terms)
    fact = CardTermsSet(effective_on=origin.today, seller=command.seller, terms=command.terms)
    return Decision((Append(stream, version, set_card_terms(known, fact)),))


def handle_store(command: StoreCard, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    known, version = load_card(transaction, account.number)
    report = CardReport(
        account=account.number, gateway_customer=command.gateway_customer, payment_method=command.payment_method,
        brand=command.brand, last_four=command.last_four, expires=command.expires, agreed=command.agreed,
    )  # fmt: skip
    events = store_card(known, report, command.gateway, account.customer, origin.today)
    return Decision((Append(card_stream(account.number), version, events),), {"known": not events})


def handle_agree(command: AgreeToStoringCard, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    _, version = load_card(transaction, account.number)
    events = agree_to_storing(account.number, command.agreed, origin.today)
    return Decision((Append(card_stream(account.number), version, events),))


def handle_remove(command: RemoveCard, transaction: Transaction, origin: Origin) -> Decision:
    load_account(transaction, command.account)
    known, version = load_card(transaction, command.account)
    events = remove_card(known, command.account, command.reason, origin.today)
    return Decision((Append(card_stream(command.account), version, events),))


HANDLERS: Handlers = {
    SetCardTerms: handle_set_terms,
    AgreeToStoringCard: handle_agree,
    StoreCard: handle_store,
    RemoveCard: handle_remove,
}
CONCERNS: Concerns = {SetCardTerms: HOUSE}
