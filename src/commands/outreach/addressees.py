"""To whom a message goes: the customer, the account and the seller, found by what the message is about."""

from __future__ import annotations

from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.letters import postal_address
from billing_core.outreach.reachability import Unreachable
from billing_core.outreach.rendering import Facts
from billing_core.parties.customers import CustomerState
from billing_core.parties.sellers import Seller
from billing_core.work.tickets import apply_ticket
from commands.accounts import load_account
from commands.contracts.streams import load_contract
from commands.outreach.reachability import load_unreachable
from commands.parties import kept_number, load_customer, load_seller
from commands.platform.ports import Transaction


class NotWritten(RuleViolation):
    """No message is written: the seller does not send the kind, or the customer cannot or must not be written to."""


class About(NamedTuple):
    """By what the addressee is found: an account, or else a ticket, a contract, or a customer with a seller."""

    account: str = ""
    customer: str = ""
    ticket: str = ""
    contract: str = ""
    seller: str = ""


class Addressee(NamedTuple):
    """Who is written to, and by whom."""

    customer: CustomerState
    seller: Seller
    account: Account | None
    unreachable: Unreachable = frozenset()

    @property
    def number(self) -> str:
        return self.customer.customer.number

    @property
    def languages(self) -> tuple[str, ...]:
        """The customer's language, else the seller's, else English."""
        return tuple(filter(None, (self.customer.customer.language, self.seller.language, "en")))

    def recipient(self, channel: ChannelName) -> str:
        """By what the customer is reached: its own address, or else that of a contact for bills; empty without any.

        An address from which a message came back is passed over. A letter needs the customer's own address, as its
        lines.
        """
        customer = self.customer.customer
        contacts = [each for each in self.customer.contacts.values() if "billing" in each.roles]
        match channel:
            case "email":
                known = [customer.email, *(each for one in contacts for each in one.emails)]
            case "sms":
                known = [customer.phone, *(each for one in contacts for each in one.phones)]
            case "letter":
                address = customer.address
                lines = postal_address(customer.name, address.lines(), address.country, self.seller.address.country)
                known = [lines]
            case _:
                return customer.number
        return next((each for each in known if each and each not in self.unreachable), "")

    def facts(self) -> dict[str, str]:
        """What every message may tell."""
        customer, seller, account = self.customer.customer, self.seller, self.account
        return {
            "customer_name": customer.name,
            "customer_number": customer.number,
            "seller_name": seller.name,
            "seller_email": seller.email or "",
            "seller_phone": seller.phone or "",
            "iban": seller.iban or "",
            "account": account.number if account else "",
            "balance": str(account.ledger.balance) if account else "",
        }

    def with_facts(self, facts: Facts) -> Facts:
        return facts._replace(values={**self.facts(), **facts.values})


def addressee_of(about: About, transaction: Transaction) -> Addressee:
    """The customer as now known; a record that was merged stands for the one that is kept."""
    account, customer, seller = about.account, about.customer, about.seller
    if about.ticket:
        # By its stream: what a flow of tickets may do includes messages, so they know nothing of its commands.
        ticket, _ = transaction.load(f"ticket/{about.ticket}", apply_ticket)
        if ticket is None:
            raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=about.ticket)
        account, customer = ticket.about.account, ticket.customer
    elif about.contract:
        contract, _ = load_contract(transaction, about.contract)
        customer, seller = contract.customer, contract.seller
    found = load_account(transaction, account)[0] if account else None
    if found is not None:
        customer, seller = found.customer, found.seller
    if not customer or not seller:
        raise NotWritten("names nobody to write to; name an account, or a customer and a seller", field="customer",
                         value=customer)  # fmt: skip
    state, _ = load_customer(transaction, kept_number(transaction, customer))
    unreachable, _ = load_unreachable(transaction, state.customer.number)
    return Addressee(state, load_seller(transaction, seller)[0], found, unreachable)
