"""Mandates: those of an account, a new one, and what may happen to one."""

from __future__ import annotations

from urllib.parse import quote

from adapters.pages.direct_debit.around import MANDATES, VIEWS
from adapters.pages.direct_debit.batches import SCHEMES, schemes
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.direct_debit import ListMandates
from commands.direct_debit.mandates import AmendMandate, EndMandate, ResumeMandate, SignMandate, SuspendMandate
from projections.direct_debit.mandates import MandateRow

ONE, OF_ACCOUNT = f"{MANDATES}/{{mandate}}", "/accounts/{account}/mandates"
STATES = {
    "active": State(N_("In use"), "good"), "suspended": State(N_("Suspended"), "warn"),
    "ending": State(N_("Ends with its next debit"), "info"), "ended": State(N_("Ended"), "calm"),
    "lapsed": State(N_("Lapsed"), "calm"),
}  # fmt: skip


def _one(row: MandateRow) -> str:
    return f"{MANDATES}/{quote(row.mandate, safe='')}"


def _is_live(row: MandateRow) -> bool:
    return row.state not in ("ended", "lapsed")


def _about(visit: Visit) -> str:
    return visit.path["mandate"]


# fmt: off
COLUMNS = (
    Column(N_("Mandate"), lambda row: row.mandate, "code",
           below=lambda row: row.reference if row.reference != row.mandate else ""),
    Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
    Column(N_("Scheme"), lambda row: State(SCHEMES[row.scheme]), "state"),
    Column(N_("State"), lambda row: STATES[row.state], "state", below=lambda row: row.reason),
    Column(N_("Signed"), lambda row: row.signed_on, "day"),
    Column(N_("Last debit"), lambda row: row.last_used_on, "day"),
    Column(N_("Lapses on"), lambda row: row.lapses_on, "day"),
)
ACTIONS = (
    Act(N_("Amend"), lambda row: f"{_one(row)}/amend", AmendMandate, when=_is_live),
    Act(N_("Suspend"), lambda row: f"{_one(row)}/suspend", SuspendMandate,
        when=lambda row: row.state in ("active", "ending")),
    Act(N_("Use again"), lambda row: f"{_one(row)}/resume", ResumeMandate,
        when=lambda row: row.state in ("suspended", "ending")),
    Act(N_("End"), lambda row: f"{_one(row)}/end", EndMandate, when=_is_live),
)
FILTERS = (Field("all", N_("Also those that are over"), "check"),)
LISTS = (
    List(
        MANDATES, ListMandates, N_("Mandates"), COLUMNS,
        filters=(Field("seller", N_("Seller")), Field("account", N_("Account")), *FILTERS),
        views=VIEWS, row_actions=ACTIONS, empty=N_("Nobody has signed a mandate yet."),
    ),
    List(
        OF_ACCOUNT, ListMandates, N_("Mandates of the account"), COLUMNS, filters=FILTERS,
        actions=(Act(N_("New mandate"), lambda visit: f"/accounts/{quote(visit.path['account'])}/mandates/new",
                     SignMandate, "n"),),
        row_actions=ACTIONS, empty=N_("The account is not paid by direct debit."),
    ),
)
FORMS = (
    Form(
        f"{OF_ACCOUNT}/new", SignMandate, N_("New mandate"), N_("Record the mandate"),
        (
            Field("mandate", N_("Id of the mandate"), is_required=True, width=6,
                  hint=N_("Up to 35 letters and digits, new for each mandate")),
            Field("signed_on", N_("Signed"), "day", width=4),
            Field("scheme", N_("Scheme"), "choice", choices=schemes, is_required=True, width=6),
            Field("payer", N_("Payer"), is_required=True, width=6),
            Field("payer_account", N_("Account of the payer"), is_required=True, width=6,
                  hint=N_("IBAN, a Czech account with its bank's code, or the connection number of SIPO")),
            Field("payer_bank", N_("BIC of the payer's bank"), width=4),
            Field("is_one_off", N_("For a single debit"), "check"),
        ),
        then=to(OF_ACCOUNT), back=to(OF_ACCOUNT), done=says(N_("The mandate is recorded.")),
        about=lambda visit: visit.path["account"],
    ),
    Form(
        f"{ONE}/amend", AmendMandate, N_("Amend the mandate"), N_("Amend it"),
        (
            Field("payer_account", N_("New account of the payer"), width=6,
                  hint=N_("IBAN, a Czech account with its bank's code, or the connection number of SIPO")),
            Field("payer_bank", N_("BIC of the payer's bank"), width=4,
                  hint=N_("Without it the account counts as one of another bank")),
            Field("payer", N_("New name of the payer"), width=6, hint=N_("Empty: it stays")),
            Field("reference", N_("New reference of the mandate"), width=6, hint=N_("Empty: it stays")),
        ),
        then=to(MANDATES), back=to(MANDATES), about=_about,
        done=says(N_("The mandate is amended; the next collection tells the payer's bank.")),
    ),
    Form(
        f"{ONE}/suspend", SuspendMandate, N_("Suspend the mandate"), N_("Suspend it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(MANDATES), back=to(MANDATES), done=says(N_("Nothing is drawn by the mandate until it is used again.")),
        about=_about,
    ),
    Form(
        f"{ONE}/resume", ResumeMandate, N_("Use the mandate again"), N_("Use it again"), (),
        then=to(MANDATES), back=to(MANDATES), done=says(N_("The mandate is used again.")), about=_about,
    ),
    Form(
        f"{ONE}/end", EndMandate, N_("End the mandate"), N_("End it"),
        (
            Field("reason", N_("Reason"), is_required=True),
            Field("after_next_debit", N_("Only after one more debit"), "check"),
        ),
        then=to(MANDATES), back=to(MANDATES), done=says(N_("The mandate ends.")), about=_about,
    ),
)
# fmt: on
