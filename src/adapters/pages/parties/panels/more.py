"""More actions: what is done with the customer or the chosen account less often."""

from __future__ import annotations

from typing import Any, NamedTuple

from adapters.actions.payment_requests import RequestPayment
from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.overpayments import ListUnusedCredits
from adapters.views.parties import ShowCustomer
from commands.accounts import ChangeBillingDay, ChangeBillingPlan, CorrectRegistration, OpenAccount
from commands.billing.account import ChargeOnce, GrantGoodwill
from commands.cards.stored import RemoveCard
from commands.collection.agencies import HandItemsToCollection
from commands.collection.calls import PutOnCallList
from commands.collection.interest import ChargeLateInterest
from commands.credit_limits import EndTemporaryCredit, GrantTemporaryCredit, SetCreditLimit
from commands.direct_debit.mandates import SignMandate
from commands.forgetting import ForgetCustomer
from commands.merging import MergeCustomers
from commands.notes import TagCustomer
from commands.parties import AssignCustomer, AssignParent, ChangeCustomer, GiveConsent, WithdrawConsent
from commands.payments.giving_back import PayOut
from commands.payments.payer_accounts import LearnPayerAccount
from commands.payments.transfers import TransferCredit
from commands.promises import BreakPromise, KeepPromise, OpenInstalmentPlan, OpenPromise


class Offered(NamedTuple):
    """An action that the reader may take, and where."""

    label: str
    path: str


OF_CUSTOMER = (
    (N_("Change details"), "details", ChangeCustomer),
    (N_("Tags"), "tags", TagCustomer),
    (N_("Record a consent"), "consents/give", GiveConsent),
    (N_("Withdraw a consent"), "consents/withdraw", WithdrawConsent),
    (N_("Parent"), "parent", AssignParent),
    (N_("Open an account"), "accounts/new", OpenAccount),
    (N_("Correct the day of registration"), "registration", CorrectRegistration),
    (N_("Assign to a dealer"), "dealer", AssignCustomer),
    (N_("Merge into another record"), "merge", MergeCustomers),
    (N_("Forget the customer"), "forget", ForgetCustomer),
)
OF_ACCOUNT = (
    (N_("Charge once"), "charges/new", ChargeOnce),
    (N_("Grant goodwill"), "goodwill", GrantGoodwill),
    (N_("Promise to pay"), "promise", OpenPromise),
    (N_("Instalment plan"), "instalment-plan", OpenInstalmentPlan),
    (N_("Credit limit"), "credit-limit", SetCreditLimit),
    (N_("Temporary credit"), "temporary-credit", GrantTemporaryCredit),
    (N_("Change the billing day"), "billing-day", ChangeBillingDay),
    (N_("Change the billing plan"), "plan", ChangeBillingPlan),
    (N_("Unused credit"), "credits", ListUnusedCredits),
    (N_("Transfer credit to another account"), "transfer", TransferCredit),
    (N_("Pay credit out"), "pay-out", PayOut),
    (N_("Request a payment"), "request-payment", RequestPayment),
    (N_("Remove the stored card"), "card/remove", RemoveCard),
    (N_("New mandate of direct debit"), "mandates/new", SignMandate),
    (N_("Bank accounts that pay for it"), "payer-accounts", LearnPayerAccount),
    (N_("Put on the list of calls"), "call", PutOnCallList),
    (N_("Hand invoices to an agency"), "collection", HandItemsToCollection),
    (N_("Charge the late interest"), "late-interest/charge", ChargeLateInterest),
)
OF_PROMISE = (
    (N_("The promise is kept"), "promise/keep", KeepPromise),
    (N_("Break the promise"), "promise/break", BreakPromise),
)


OF_CREDIT = ((N_("End the temporary credit"), "temporary-credit/end", EndTemporaryCredit),)


def _more(card: Card) -> dict[str, Any] | None:
    of_customer = _offered(OF_CUSTOMER, f"/customers/{card.number}", card)
    of_account: list[Offered] = []
    if card.chosen is not None:
        of_account = _offered(OF_ACCOUNT, f"/accounts/{card.chosen.number}", card)
        facts = {} if card.statement is None else card.statement.facts
        for fact, actions in (("promise", OF_PROMISE), ("temporary_credit", OF_CREDIT)):
            if facts.get(fact):
                of_account += _offered(actions, f"/accounts/{card.chosen.number}", card)
    if not of_customer and not of_account:
        return None
    return {"of_customer": of_customer, "of_account": of_account, "account": card.chosen}


def _offered(actions: tuple[tuple[str, str, type], ...], path: str, card: Card) -> list[Offered]:
    return [Offered(label, f"{path}/{rest}") for label, rest, command in actions if card.visit.may(command)]


MORE = Panel("more", N_("More actions"), (ShowCustomer,), _more)
