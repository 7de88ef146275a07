"""A debtor's card: each open invoice with its steps, what comes next, and when services are warned and cut."""

from __future__ import annotations

from adapters.pages.dunning.stops import WORDS
from adapters.pages.page import N_, Page, Shown
from adapters.pages.visit import Visit
from adapters.views.collection.interest import ListInsolvencyClaims
from adapters.views.dunning.debtor import ShowDebtor
from adapters.views.dunning.steps import ListDunningSteps
from commands.dunning.stops import DisputeItem, NoteInsolvency, PauseDunning
from commands.payments.account import ReceivePayment
from commands.promises import OpenPromise

OFFERED = (
    (N_("Take a payment"), "payments/new", ReceivePayment),
    (N_("Promise to pay"), "promise", OpenPromise),
    (N_("Dispute an invoice"), "dispute", DisputeItem),
    (N_("Pause dunning"), "dunning-pause", PauseDunning),
    (N_("Insolvency"), "insolvency", NoteInsolvency),
)
STEPS_SHOWN = 20


def debtor(visit: Visit) -> Shown:
    """The card of a debtor."""
    account = visit.path["account"]
    card = visit.ask(ShowDebtor, account=account)
    steps = visit.ask(ListDunningSteps, account=account, limit=STEPS_SHOWN).items if visit.may(ListDunningSteps) else []
    offers = [(label, f"/accounts/{account}/{path}") for label, path, command in OFFERED if visit.may(command)]
    is_insolvent = any(item.stopped == "insolvency" for item in card.items)
    claims = f"/accounts/{account}/insolvency-claims" if is_insolvent and visit.may(ListInsolvencyClaims) else ""
    return Shown("dunning/debtor.html", {
        "card": card, "steps": steps, "offers": offers, "words": WORDS, "claims": claims,
    })  # fmt: skip


PAGES = (Page("/accounts/{account}/debtor", debtor, ShowDebtor),)
