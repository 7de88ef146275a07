"""Why an account owes what it owes: one of its postings, or one of its documents, amount by amount."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from adapters.texts.explained import ExplainedAmount
from adapters.texts.explained_postings import explained_posting
from adapters.views.audit import Change, change_of
from adapters.views.query import Query, Reading
from billing_core.kernel.errors import NotFound
from commands.accounts import account_stream
from projections.billing import document_numbered
from projections.statements import Narrator, Posting


class ExplainPosting(Query, frozen=True, kw_only=True):
    """A posting of an account by its number there: each of its amounts, and the event that it is."""

    account: str
    number: int


class ExplainDocument(Query, frozen=True, kw_only=True):
    """The same for an invoice or credit note by its own number."""

    number: str


class ExplainedPosting(msgspec.Struct):
    """A posting with the amounts that it is made of, and the change of the LOG by which it was made."""

    posting: Posting
    amounts: list[ExplainedAmount]
    change: Change


def explain_posting(query: ExplainPosting, reading: Reading) -> ExplainedPosting:
    """The posting with this number, or `NotFound`."""
    found = _explained(query.account, reading, lambda posting: posting.number == query.number)
    if found is None:
        raise NotFound("the account has no such posting", field="number", value=query.number)
    return found


def explain_document(query: ExplainDocument, reading: Reading) -> ExplainedPosting:
    """The posting of a document, or `NotFound`."""
    with reading.source.cursor() as cursor:
        row = document_numbered(cursor, query.number)
    found = row and _explained(
        row.account, reading, lambda posting: (posting.kind, posting.reference) == (row.kind, row.number)
    )
    if not found:
        raise NotFound("no invoice and no credit note has this number", field="number", value=query.number)
    return found


def _explained(account: str, reading: Reading, is_wanted: Callable[[Posting], bool]) -> ExplainedPosting | None:
    narrator = Narrator()
    found = None
    for entry in reading.source.entries_of(account_stream(account)):
        known = len(narrator.postings)
        narrator.apply(entry.event)
        if len(narrator.postings) > known and is_wanted(narrator.postings[-1]):
            found = narrator.postings[-1], entry
    if found is None:
        return None
    posting, entry = found
    # What a payment settled later is in its posting by now.
    return ExplainedPosting(posting, explained_posting(posting, entry.event, narrator.charges), change_of(entry))
