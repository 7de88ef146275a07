"""Who is to be suspended for non-payment, and who is to be resumed."""

from __future__ import annotations

from adapters.pages.dunning.around import LISTED, PLACES
from adapters.pages.forms import Field
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.views.dunning.suspended import ListSuspended
from adapters.views.dunning.suspensions import ListResumptions, ListSuspensions
from commands.promises import OpenPromise
from projections.dunning.suspensions import SuspensionRow

ON = (Field("on", N_("On"), "day"),)


def _state(row: SuspensionRow) -> State:
    return State(N_("Exempt"), "info") if row.exempt else State(N_("To be suspended"), "bad")


LISTS = (
    List(
        "/dunning", ListSuspensions, N_("To be suspended"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}/debtor"),
            Column(N_("Overdue since"), lambda row: row.overdue_since_on, "day"),
            Column(N_("State"), _state, "state", below=lambda row: row.exempt or row.reason),
            Column(N_("Services"), lambda row: row.services, "names"),
            Column(N_("Invoices"), lambda row: row.invoices, "count"),
            Column(N_("Currency"), lambda row: row.overdue.currency),
            Column(N_("Overdue"), lambda row: row.overdue, "amount"),
        ),
        filters=ON,
        views=LISTED, actions=PLACES,
        row_actions=(
            Act(N_("Promise"), lambda row: f"/accounts/{row.account}/promise", OpenPromise,
                when=lambda row: not row.exempt),
        ),
        empty=N_("Nobody is overdue beyond the days that are tolerated."),
    ),
    List(
        "/dunning/suspended", ListSuspended, N_("Suspended now"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}/debtor"),
            Column(N_("Services"), lambda row: [each.subscription for each in row.services], "names",
                   below=lambda row: ", ".join(dict.fromkeys(each.reason for each in row.services))),
            Column(N_("Since"), lambda row: min(each.since_on for each in row.services), "day"),
            Column(N_("Next step"), lambda row: row.next_step),
            Column(N_("On"), lambda row: row.next_on, "day"),
            Column(N_("Currency"), lambda row: row.overdue.currency),
            Column(N_("Overdue"), lambda row: row.overdue, "amount"),
            Column(N_("Missing to return"), lambda row: row.missing_to_return, "amount"),
        ),
        views=LISTED, actions=PLACES,
        empty=N_("No service is suspended."),
    ),
    List(
        "/dunning/resumptions", ListResumptions, N_("To be resumed"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}",
                   below=lambda row: row.account),
            Column(N_("Services"), lambda row: row.services, "names"),
            Column(N_("Suspended since"), lambda row: row.suspended_since_on, "day"),
            Column(N_("Why"), lambda row: row.reason),
        ),
        filters=ON,
        views=LISTED, actions=PLACES,
        empty=N_("Nobody who was suspended has paid since."),
    ),
)  # fmt: skip
