"""Forms of contracts: from the draft to the end, each with its way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.pages.forms import Choice, Field, Form, says
from adapters.pages.language_choices import LANGUAGES
from adapters.pages.page import N_
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.contracts import ListContractKinds
from adapters.views.customer_services import ListServicesOfCustomer
from adapters.views.parties import ShowCustomer
from commands.contracts.drafting import DraftContract, IssueContract, RecallContract, VoidContract
from commands.contracts.ending import AgreeContractEnd, GiveContractNotice, ResumeContract, TakeBackContractNotice
from commands.contracts.signing import DraftAnnex, SignContract, TakeBackContractSignature

PATH = "/contracts/{contract}"
REASON = Field("reason", N_("Reason"), is_required=True)


def kinds(visit: Visit) -> Sequence[Choice]:
    """The kinds of contract by their names."""
    return [Choice(kind.code, kind.name) for kind in visit.ask(ListContractKinds).items]


def _services(visit: Visit) -> Sequence[Choice]:
    found = visit.ask(ListServicesOfCustomer, customer=visit.path["customer"]).items
    return [Choice(f"{each.account}/{each.subscription}", f"{each.subscription}, {each.account}") for each in found]


def _new(visit: Visit) -> dict[str, Any]:
    """As of today, in the customer's language."""
    customer = visit.ask(ShowCustomer, number=visit.path["customer"]).customer
    return {
        "begins_on": visit.today.isoformat(), "language": customer.language or visit.language,
        "services": [],
    }  # fmt: skip


def _linked(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """The chosen services as accounts and codes."""
    chosen = [each.partition("/") for each in words.get("services", ())]
    return {**words, "services": [{"account": account, "subscription": code} for account, _, code in chosen]}


def _back(visit: Visit) -> str:
    return PATH.format(**visit.path)


def _of_contract(name: str, command: type, texts: tuple[str, str, str], *fields: Field) -> Form:
    """A form of a contract; `texts` are its title, its button, and what is said when it is done."""
    title, button, done = texts
    return Form(
        f"{PATH}/{name}", command, title, button, fields, then=lambda visit, done: _back(visit), back=_back,
        done=says(done), about=lambda visit: visit.path["contract"],
    )  # fmt: skip


# fmt: off
OF_CONTRACT = {
    "issue": _of_contract(
        "issue", IssueContract, (N_("Issue for signature"), N_("Issue the contract"), N_("The contract is issued."))),
    "sign": _of_contract(
        "sign", SignContract, (N_("Record the signature"), N_("Record the signature"), N_("The contract is signed.")),
        Field("signed_by", N_("Signed by"), is_required=True, width=6),
        Field("signed_for_seller", N_("Signed for the seller by"), width=6),
        Field("on", N_("Signed on"), "day", width=6),
        Field("paper", N_("Scan of the signed paper"), "file", width=6)),
    "recall": _of_contract(
        "recall", RecallContract,
        (N_("Back to the draft"), N_("Back to the draft"), N_("It is a draft again.")), REASON),
    "void": _of_contract(
        "void", VoidContract, (N_("Void the draft"), N_("Void the contract"), N_("The contract is void.")), REASON),
    "take-back-signature": _of_contract(
        "take-back-signature", TakeBackContractSignature,
        (N_("Take the signature back"), N_("Take the signature back"), N_("The signature is taken back.")), REASON),
    "annex": _of_contract(
        "annex", DraftAnnex, (N_("Draft an annex"), N_("Draft the annex"), N_("The annex is drafted.")),
        Field("begins_on", N_("Begins"), "day", is_required=True, width=6), Field("text", N_("What changes"), "lines")),
    "notice": _of_contract(
        "notice", GiveContractNotice, (N_("Record a notice"), N_("Record the notice"), N_("The notice is recorded.")),
        Field("by", N_("Given by"), "choice", is_required=True, width=6, choices=(
            Choice("customer", N_("The customer")), Choice("operator", N_("The house")))),
        Field("given_on", N_("Given on"), "day", width=6), Field("reason", N_("Reason"))),
    "end": _of_contract(
        "end", AgreeContractEnd, (N_("Agree on an end"), N_("Record the end"), N_("The end is agreed.")),
        Field("ends_on", N_("First day without it"), "day", is_required=True, width=6), Field("reason", N_("Reason"))),
    "take-back-notice": _of_contract(
        "take-back-notice", TakeBackContractNotice,
        (N_("Take the notice back"), N_("Take the notice back"), N_("The notice is taken back.")), REASON),
    "resume": _of_contract(
        "resume", ResumeContract,
        (N_("Let it go on"), N_("Let the contract go on"), N_("The contract goes on.")), REASON),
}
NEW = Form(
    "/customers/{customer}/contracts/new", DraftContract, N_("New contract"), N_("Draft the contract"),
    (
        Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=4),
        Field("kind", N_("Kind"), "choice", choices=kinds, is_required=True, width=4),
        Field("language", N_("Language"), "choice", choices=LANGUAGES, is_required=True, width=4),
        Field("begins_on", N_("Begins"), "day", is_required=True, width=4),
        Field("services", N_("Services"), "choices", choices=_services),
        Field("agreed", N_("Agreed besides"), "lines"),
    ),
    then=lambda visit, done: f"/contracts/{done.result['contract']}",
    back=lambda visit: f"/customers/{visit.path['customer']}", adds=_linked,
    done=says(N_("The contract is drafted.")),
    begins=_new,
    about=lambda visit: visit.path["customer"],
)
# fmt: on
OFFERED = {
    "draft": ("issue", "void"),
    "issued": ("sign", "recall"),
    "signed": ("annex", "notice", "end", "take-back-signature"),
    "ended": ("resume",),
}
FORMS = (NEW, *OF_CONTRACT.values())


def offered(visit: Visit, status: str, *, has_notice: bool) -> list[tuple[str, str]]:
    """The forms that a contract in a state may be given: address and title."""
    names = ["take-back-notice"] if status == "signed" and has_notice else OFFERED.get(status, ())
    found = [OF_CONTRACT[name] for name in names]
    return [(form.path.format(**visit.path), form.title) for form in found if visit.may(form.command)]
