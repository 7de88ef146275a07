"""Letters: what waits is drawn up as a batch, which is printed and posted."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Page
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.outreach.letters import ListLetterBatches, PrintLetters, WriteLetterAddresses
from adapters.views.outreach.messages import ListMessages
from commands.outreach.letters import DrawUpLetters

LETTERS = "/letters"
BATCH = f"{LETTERS}/{{seller}}/{{batch}}"


def _of(row: Any, what: str) -> str:
    return f"{LETTERS}/{quote(row.seller)}/{row.batch}/{what}"


def _pdf(visit: Visit) -> Response:
    """The letters, to be printed."""
    return _saved(visit, visit.ask(PrintLetters, **_batch(visit)), "pdf")


def _addresses(visit: Visit) -> Response:
    """The addresses, to be saved."""
    return _saved(visit, visit.ask(WriteLetterAddresses, **_batch(visit)), "csv")


def _batch(visit: Visit) -> dict[str, str]:
    return {"seller": visit.path["seller"], "batch": visit.path["batch"]}


def _saved(visit: Visit, found: Any, ending: str) -> Response:
    name = quote(f"letters-{visit.path['seller']}-{visit.path['batch']}.{ending}")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (Page(f"{BATCH}/pdf", _pdf, PrintLetters), Page(f"{BATCH}/addresses", _addresses, WriteLetterAddresses))
LISTS = (
    List(
        LETTERS, ListLetterBatches, N_("Letters to be posted"),
        (
            Column(N_("Batch"), lambda row: row.batch, "count", below=lambda row: row.seller),
            Column(N_("Drawn up"), lambda row: row.drawn_up_on, "day"),
            Column(N_("Letters"), lambda row: row.letters, "count"),
        ),
        filters=(Field("seller", N_("Seller"), "choice", choices=sellers),),
        actions=(
            Act(N_("Draw up what waits"), f"{LETTERS}/new", DrawUpLetters, "n"),
            Act(N_("Letters that wait"), "/messages?channel=letter&state=queued", ListMessages),
        ),
        row_actions=(
            Act(N_("Print"), lambda row: _of(row, "pdf"), PrintLetters),
            Act(N_("Addresses"), lambda row: _of(row, "addresses"), WriteLetterAddresses),
        ),
        empty=N_("No letters were drawn up yet. A seller sends letters if its terms name them as a channel."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{LETTERS}/new", DrawUpLetters, N_("Draw up letters"), N_("Draw them up"),
        (Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6,
               hint=N_("All its letters that wait, a thousand at most, become a batch and count as sent")),),
        then=to(LETTERS), back=to(LETTERS), done=says(N_("The letters are drawn up; print them and post them.")),
    ),
)  # fmt: skip
