"""Forms of tags, notes and files of a customer, and its files as downloads."""

from __future__ import annotations

from starlette.responses import Response

from adapters.door.downloads import attachment_answer
from adapters.pages.forms import Field, Form, says
from adapters.pages.page import N_, Page
from adapters.pages.visit import Visit
from adapters.views.notes import TakeCustomerFile
from adapters.views.parties import ShowCustomer
from commands.notes import AddNote, AttachCustomerFile, RestoreNote, TagCustomer, WithdrawCustomerFile, WithdrawNote


def _card(visit: Visit) -> str:
    return f"/customers/{visit.path['customer']}"


def _customer(visit: Visit) -> str:
    return visit.path["customer"]


def _tags(visit: Visit) -> str:
    """The tags that it has."""
    return ", ".join(visit.ask(ShowCustomer, number=visit.path["customer"]).tags)


def _file(visit: Visit) -> Response:
    """A file of the customer."""
    found = visit.ask(TakeCustomerFile, **visit.path)
    return attachment_answer(visit.door.app, found.content_hash, found.name)


# fmt: off
NOTES = (
    Form(
        "/customers/{customer}/notes/new", AddNote, N_("Add a note"), N_("Add the note"),
        (
            Field("text", N_("Note"), "lines", N_("For the house alone"), is_required=True),
            Field("is_pinned", N_("Pin it before the others"), "check"),
        ),
        then=lambda visit, done: f"{_card(visit)}#notes", back=_card, about=_customer,
        done=says(N_("The note is added.")),
    ),
    Form(
        "/customers/{customer}/notes/{note}/withdraw", WithdrawNote, N_("Withdraw a note"), N_("Withdraw the note"), (),
        then=lambda visit, done: f"{_card(visit)}#notes", back=_card, about=_customer,
        done=says(N_("The note is withdrawn.")),
        undo=lambda visit, done: f"{_card(visit)}/notes/{visit.path['note']}/restore",
    ),
    Form(
        "/customers/{customer}/notes/{note}/restore", RestoreNote, N_("Show a note again"), N_("Show the note again"),
        (), then=lambda visit, done: f"{_card(visit)}#notes", back=_card, about=_customer,
        done=says(N_("The note is there again.")),
    ),
    Form(
        "/customers/{customer}/tags", TagCustomer, N_("Tags"), N_("Save the tags"),
        (
            Field("add", N_("Add"), "list", N_("One on each line, in small letters"), width=6),
            Field("remove", N_("Remove"), "list", N_("One on each line"), width=6),
        ),
        then=lambda visit, done: _card(visit), back=_card, about=_tags,
        done=says(N_("The tags are saved.")),
    ),
    Form(
        "/customers/{customer}/files/new", AttachCustomerFile, N_("Add a file"), N_("Add the file"),
        (Field("file", N_("File"), "file", is_required=True),),
        then=lambda visit, done: f"{_card(visit)}#papers", back=_card, about=_customer,
        done=says(N_("The file is added.")),
    ),
    Form(
        "/customers/{customer}/files/{file}/withdraw", WithdrawCustomerFile, N_("Take a file away"),
        N_("Take the file away"), (), then=lambda visit, done: f"{_card(visit)}#papers", back=_card, about=_customer,
        done=says(N_("The file is taken away.")),
    ),
)
PAGES = (Page("/customers/{customer}/files/{content_hash}", _file, TakeCustomerFile),)
