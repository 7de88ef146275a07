"""Check of the books, read models and their lag, and the books as of a moment."""

from __future__ import annotations

from adapters.actions.maintenance import DropAsOf
from adapters.jobs.maintenance import BuildAsOf, CheckBooks, CheckSeals, RebuildReadModels
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.maintenance.as_of import BOOKS, KNOWN, asked_moment
from adapters.pages.maintenance.as_of import PAGES as PAGES
from adapters.pages.page import N_, Tile
from adapters.views.maintenance import CompareBalances, ListAsOf, ListReadModels
from projections.platform.lag import ModelLag

MODELS, CHECK, SEALS = "/set-up/read-models", "/set-up/check", "/set-up/seals"
LATE_SECONDS = 60


def _state(row: ModelLag) -> State:
    if row.is_outdated:
        return State(N_("To be built again"), "bad")
    return State(N_("Behind"), "warn") if row.lag_seconds > LATE_SECONDS else State(N_("Up to date"), "good")


LISTS = (
    List(
        MODELS, ListReadModels, N_("Read models"),
        (
            Column(N_("Read model"), lambda row: row.name.replace("_", " ").capitalize()),
            Column(N_("Position"), lambda row: row.position, "count"),
            Column(N_("Behind"), lambda row: row.lag_events, "count"),
            Column(N_("Seconds"), lambda row: row.lag_seconds, "count"),
            Column(N_("State"), _state, "state"),
        ),
        actions=(Act(N_("Build again"), f"{MODELS}/rebuild", RebuildReadModels),),
        hint=N_("What pages and queries read; each follows the log."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{BOOKS}/{{name}}/drop", DropAsOf, N_("Drop the books"), N_("Drop them"), (),
        then=to(BOOKS), back=to(BOOKS), done=says(N_("They are dropped. They can be built again.")),
        about=lambda visit: visit.path["name"],
    ),
)  # fmt: skip
JOB_FORMS = (
    JobForm(CHECK, CheckBooks, N_("Check of the books"), N_("Check the books"), result="maintenance/findings.html"),
    JobForm(
        SEALS, CheckSeals, N_("Check of the seals"), N_("Check the seals"),
        (
            Field("public_key", N_("Public key of the sealer"), "lines",
                  hint=N_("The text of its file; without it signatures are not checked")),
        ),
        result="maintenance/seals.html",
    ),
    JobForm(
        f"{MODELS}/rebuild", RebuildReadModels, N_("Build read models again"), N_("Build again"),
        (
            Field("name", N_("Read model"), hint=N_("Its name; without it all of them")),
            Field("only_changed", N_("Only those that another version of the program built"), "check"),
        ),
        back=to(MODELS), after=MODELS,
    ),
    JobForm(
        f"{BOOKS}/build", BuildAsOf, N_("The books as they were"), N_("Build the books"),
        (
            Field("day", N_("At the end of the day"), "day", is_required=True, width=4),
            Field("known", N_("As known"), "choice", choices=KNOWN, is_required=True, width=4),
            Field("name", N_("Name"), hint=N_("a to z, 0 to 9 and _; else it follows from the day"), width=4),
        ),
        back=to(BOOKS), after=BOOKS, adds=asked_moment,
    ),
)  # fmt: skip
SET_UP = (
    Tile("books", N_("The books as they were"), BOOKS, ListAsOf, N_("See and compare them as of a date")),
    Tile("books", N_("Compare two dates"), f"{BOOKS}/compare", CompareBalances, N_("Accounts whose balances differ")),
    Tile("books", N_("Check of the books"), CHECK, CheckBooks, N_("Every rule on everything that was recorded")),
    Tile("books", N_("Check of the seals"), SEALS, CheckSeals, N_("That no entry was changed since it was sealed")),
    Tile("by itself", N_("Read models"), MODELS, ListReadModels, N_("How far what pages show is behind")),
)
