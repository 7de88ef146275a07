"""Tags, notes and files of customers."""

from __future__ import annotations

from adapters.http.route import Route
from adapters.views.notes import ListCustomerFiles, ListNotes, ListTags, TakeCustomerFile
from commands.notes import (
    AddNote,
    AttachCustomerFile,
    PinNote,
    RestoreNote,
    TagCustomer,
    TagCustomers,
    WithdrawCustomerFile,
    WithdrawNote,
)

ROUTES = (
    Route("GET", "/tags", ListTags),
    Route("POST", "/tags", TagCustomers),
    Route("POST", "/customers/{customer}/tags", TagCustomer),
    Route("GET", "/customers/{customer}/notes", ListNotes),
    Route("POST", "/customers/{customer}/notes", AddNote, 201),
    Route("PUT", "/customers/{customer}/notes/{note}/pin", PinNote),
    Route("POST", "/customers/{customer}/notes/{note}/withdraw", WithdrawNote),
    Route("POST", "/customers/{customer}/notes/{note}/restore", RestoreNote),
    Route("GET", "/customers/{customer}/files", ListCustomerFiles),
    Route("POST", "/customers/{customer}/files", AttachCustomerFile, 201),
    Route("POST", "/customers/{customer}/files/{file}/withdraw", WithdrawCustomerFile),
    Route("GET", "/customers/{customer}/files/{content_hash}", TakeCustomerFile),
)
