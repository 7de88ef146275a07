"""What comes in by the own pages as tickets: a problem, the wish to be forgotten, the application of a stranger."""

from __future__ import annotations

from typing import Literal

from billing_core.kernel.errors import RuleViolation
from billing_core.self_care import SelfCareTerms, SelfCareTermsSet, apply_terms, set_terms
from billing_core.work.flows import flow_in_force
from billing_core.work.ticket_changes import require_words
from billing_core.work.ticket_events import About, CommentAdded
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction
from commands.work.flows import load_flows
from commands.work.opening import Wanted, opened
from commands.work.streams import ticket_stream

TERMS = "self-care-terms/house"

# --- commands


class SetSelfCareTerms(Command, frozen=True, kw_only=True):
    """Of which kinds the tickets are that are opened for what comes in by the own pages.

    What has no kind is not offered there.
    """

    terms: SelfCareTerms = SelfCareTerms()


class ReportProblem(Command, frozen=True, kw_only=True):
    """Open a ticket with what a customer writes: a problem, also of one service, or the wish to be forgotten."""

    customer: str
    subject: str
    text: str
    account: str = ""
    subscription: str = ""
    about: Literal["problem", "erasure"] = "problem"


class ApplyForService(Command, frozen=True, kw_only=True):
    """Open a ticket with what a stranger writes who wants a service. No customer is registered by it."""

    name: str
    contact: str
    address: str
    tariff: str = ""
    text: str = ""


# --- handlers


def load_self_care_terms(transaction: Transaction) -> SelfCareTerms:
    """The kinds of tickets that the house has set, if any."""
    return transaction.load(TERMS, apply_terms)[0] or SelfCareTerms()


def handle_set_terms(command: SetSelfCareTerms, transaction: Transaction, origin: Origin) -> Decision:
    terms = command.terms
    for kind in filter(None, (terms.problem, terms.erasure, terms.application)):
        flow_in_force(load_flows(transaction, kind)[0], kind)
    known, version = transaction.load(TERMS, apply_terms)
    fact = SelfCareTermsSet(effective_on=origin.today, terms=terms)
    return Decision((Append(TERMS, version, set_terms(known, fact)),))


def handle_report_problem(command: ReportProblem, transaction: Transaction, origin: Origin) -> Decision:
    terms = load_self_care_terms(transaction)
    kind = _kind(terms.problem if command.about == "problem" else terms.erasure, command.about)
    about = About(account=command.account, subscription=command.subscription)
    wanted = Wanted(kind, require_words("subject", command.subject), command.customer, about, "page")
    return _ticket(wanted, command.text, transaction, origin)


def handle_apply(command: ApplyForService, transaction: Transaction, origin: Origin) -> Decision:
    kind = _kind(load_self_care_terms(transaction).application, "application")
    name, contact, address = (require_words(field, getattr(command, field)) for field in ("name", "contact", "address"))
    wanted = Wanted(kind, f"{name}, {address}", "", About(), "page")
    text = "\n".join(filter(None, (name, contact, address, command.tariff, command.text.strip())))
    return _ticket(wanted, text, transaction, origin)


def _kind(kind: str, what: str) -> str:
    if not kind:
        raise RuleViolation("is not taken in by the own pages; set a kind of ticket with set-self-care-terms",
                            field=what, value="")  # fmt: skip
    return kind


def _ticket(wanted: Wanted, text: str, transaction: Transaction, origin: Origin) -> Decision:
    """A ticket whose first comment is what was written, as if it had come by mail."""
    number, events = opened(wanted, transaction, origin)
    said = CommentAdded(
        effective_on=origin.today, customer=wanted.customer, text=require_words("text", text), audience="customer",
        is_from_customer=True,
    )  # fmt: skip
    return Decision((Append(ticket_stream(number), 0, [*events, said]),), {"ticket": number})


HANDLERS: Handlers = {
    SetSelfCareTerms: handle_set_terms,
    ReportProblem: handle_report_problem,
    ApplyForService: handle_apply,
}
CONCERNS: Concerns = {
    SetSelfCareTerms: HOUSE,
    ApplyForService: HOUSE,
    ReportProblem: Concern(
        "named", (Named("customer", ("customer",)), Named("account", ("account",), is_optional=True))
    ),
}
