"""The list of calls."""

from __future__ import annotations

from typing import Any

import yaml

from adapters.edge.models import written
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Entry, Tile
from adapters.pages.visit import Visit
from adapters.views.collection.agencies import ListCollectionItems
from adapters.views.collection.calls import ListCallResults, ListCalls
from commands.collection.calls import CloseCall, NoteCall, PutOnCallList, SetCallResults, TakeOffCallList

CALLS, RESULTS = "/calls", "/set-up/call-results"


def _choices(visit: Visit) -> list[Choice]:
    return [Choice(result.code, result.name) for result in visit.ask(ListCallResults).items]


def _results(visit: Visit) -> dict[str, Any]:
    known = [written(result) for result in visit.ask(ListCallResults).items]
    return {"results": yaml.safe_dump(known, allow_unicode=True, sort_keys=False)}


# fmt: off
LISTS = (
    List(
        CALLS, ListCalls, N_("Calls"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}",
                   below=lambda row: row.account),
            Column(N_("Next try"), lambda row: row.next_try_on, "day"),
            Column(N_("Tries"), lambda row: row.tries, "count"),
            Column(N_("Last result"), lambda row: row.last_result, below=lambda row: row.reason),
            Column(N_("Currency"), lambda row: row.overdue.currency),
            Column(N_("Overdue"), lambda row: row.overdue, "amount"),
        ),
        filters=(Field("all", N_("Also those whose next try is on a later day"), "check"),),
        actions=(Act(N_("Collection"), "/collection", ListCollectionItems),
                 Act(N_("Results of calls"), RESULTS, ListCallResults)),
        row_actions=(
            Act(N_("Note the call"), lambda row: f"/accounts/{row.account}/call/note", NoteCall),
            Act(N_("Take off"), lambda row: f"/accounts/{row.account}/call/take-off", TakeOffCallList),
            Act(N_("Close if paid"), lambda row: f"/accounts/{row.account}/call/close", CloseCall),
        ),
        empty=N_("Nobody is to be called. A step of the dunning policy puts accounts here, or a person does."),
    ),
    List(
        RESULTS, ListCallResults, N_("Results of calls"),
        (
            Column(N_("Result"), lambda row: row.name, below=lambda row: row.code),
            Column(N_("Days to the next try"), lambda row: row.next_try_days, "count"),
        ),
        actions=(Act(N_("Change"), f"{RESULTS}/change", SetCallResults, "n"),),
    ),
)
FORMS = (
    Form(
        "/accounts/{account}/call", PutOnCallList, N_("Put on the list of calls"), N_("Put on the list"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to("/accounts/{account}"), back=to("/accounts/{account}"), done=says(N_("The customer is to be called.")),
        about=lambda visit: visit.path["account"],
    ),
    Form(
        "/accounts/{account}/call/note", NoteCall, N_("What came of the call"), N_("Note the call"),
        (
            Field("result", N_("Result"), "choice", choices=_choices, is_required=True, width=6),
            Field("next_try_on", N_("Next try"), "day", width=6,
                  hint=N_("Empty is after the days of the result.")),
            Field("note", N_("Note")),
        ),
        then=to(CALLS), back=to(CALLS), done=says(N_("The call is noted.")), about=lambda visit: visit.path["account"],
    ),
    Form(
        "/accounts/{account}/call/take-off", TakeOffCallList, N_("Take off the list of calls"), N_("Take off"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(CALLS), back=to(CALLS), done=says(N_("The customer need not be called.")),
        about=lambda visit: visit.path["account"],
    ),
    Form(
        "/accounts/{account}/call/close", CloseCall, N_("Close the call if nothing is overdue"), N_("Close it"), (),
        then=to(CALLS), back=to(CALLS), done=says(N_("The list is as the payments say.")),
        about=lambda visit: visit.path["account"],
    ),
    Form(
        f"{RESULTS}/change", SetCallResults, N_("Change the results of calls"), N_("Save the results"),
        (Field("results", N_("Results"), "yaml", N_("Code, name, days to the next try; without days no further call"),
               is_required=True),),
        then=to(RESULTS), back=to(RESULTS), done=says(N_("The results are saved.")), begins=_results,
    ),
)
SET_UP = (Tile("house", N_("Results of calls"), RESULTS, ListCallResults, N_("What may come of a call to a debtor")),)
MENU = (Entry(N_("Calls"), CALLS, "phone", ListCalls, (2, 5)),)
# fmt: on
