"""Who is not dunned and why, and the forms that dispute, pause and note insolvencies."""

from __future__ import annotations

from adapters.pages.accounts.owner import named
from adapters.pages.dunning.around import LISTED, PLACES
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.dunning.debtor import ShowDebtor
from adapters.views.dunning.stops import ListDunningStops
from commands.dunning.stops import (
    DisputeItem,
    EndDispute,
    EndDunningPause,
    EndInsolvency,
    NoteInsolvency,
    PauseDunning,
)
from projections.dunning.stops import StopRow

WORDS = {
    "disputed": State(N_("Disputed"), "warn"), "paused": State(N_("Paused"), "info"),
    "exempt": State(N_("Exempt"), "info"), "promised": State(N_("Promised"), "info"),
    "insolvency": State(N_("Insolvent"), "bad"), "ticket": State(N_("Held by a ticket"), "info"),
}  # fmt: skip
WHYS = tuple(Choice(why, state.word) for why, state in WORDS.items())
DEBTOR = "/accounts/{account}/debtor"
REASON = Field("reason", N_("Reason"), is_required=True)
OUTCOME = Field("outcome", N_("Outcome"), is_required=True)


def _open_invoices(visit: Visit) -> list[Choice]:
    found = visit.ask(ShowDebtor, account=visit.path["account"])
    return [Choice(item.invoice, f"{item.invoice}, {item.open.amount} {item.open.currency}") for item in found.items]


def _invoices_or_all(visit: Visit) -> list[Choice]:
    return [Choice("", N_("The whole account")), *_open_invoices(visit)]


INVOICE = Field("invoice", N_("Invoice"), "choice", choices=_open_invoices, is_required=True)
OF_WHAT = Field("invoice", N_("Of what"), "choice", choices=_invoices_or_all)


def _form(path: str, command: type, title: str, button: str, done: str, fields: tuple[Field, ...]) -> Form:
    address = f"/accounts/{{account}}/{path}"
    return Form(address, command, title, button, fields, then=to(DEBTOR), back=to(DEBTOR), done=says(done), about=named)


FORMS = (
    _form("dispute", DisputeItem, N_("Dispute an invoice"), N_("Note the dispute"), N_("The dispute is noted."),
          (INVOICE, REASON)),
    _form("dispute/end", EndDispute, N_("End of a dispute"), N_("End the dispute"), N_("The invoice counts again."),
          (INVOICE, OUTCOME)),
    _form("dunning-pause", PauseDunning, N_("Pause dunning"), N_("Pause dunning"), N_("Dunning is paused."),
          (OF_WHAT, Field("until", N_("Until"), "day", N_("Empty: for good"), width=4), REASON)),
    _form("dunning-pause/end", EndDunningPause, N_("End of a pause"), N_("Dun again"), N_("The pause is over."),
          (OF_WHAT, REASON)),
    _form("insolvency", NoteInsolvency, N_("Insolvency"), N_("Note the insolvency"), N_("The insolvency is noted."),
          (Field("reference", N_("Reference of the court"), is_required=True, width=8),
           Field("since", N_("Since"), "day", width=4))),
    _form("insolvency/end", EndInsolvency, N_("End of the insolvency"), N_("End the insolvency"),
          N_("What is open counts again."), (OUTCOME,)),
)  # fmt: skip


def _state(row: StopRow) -> State:
    return WORDS.get(row.why, State(row.why))


# fmt: off
LISTS = (
    List(
        "/dunning/stops", ListDunningStops, N_("Not dunned"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}/debtor"),
            Column(N_("Invoice"), lambda row: row.invoice,
                   link=lambda row: f"/documents/{row.invoice}" if row.invoice else ""),
            Column(N_("State"), _state, "state", below=lambda row: row.reason),
            Column(N_("Since"), lambda row: row.since_on, "day"), Column(N_("Until"), lambda row: row.until_on, "day"),
        ),
        filters=(Field("on", N_("On"), "day"), Field("why", N_("Why"), "choice", choices=WHYS)),
        views=LISTED, actions=PLACES,
        row_actions=(
            Act(N_("End"), lambda row: f"/accounts/{row.account}/dispute/end", EndDispute,
                when=lambda row: row.why == "disputed"),
            Act(N_("End"), lambda row: f"/accounts/{row.account}/dunning-pause/end", EndDunningPause,
                when=lambda row: row.why in ("paused", "exempt")),
            Act(N_("End"), lambda row: f"/accounts/{row.account}/insolvency/end", EndInsolvency,
                when=lambda row: row.why == "insolvency"),
        ),
        empty=N_("Every debtor is dunned: nobody is exempt, disputes or has promised."),
    ),
)
# fmt: on
