"""What others learn of what happened here: the feed of events, webhooks, messages to customers."""

from __future__ import annotations

from adapters.views.outreach import bulk, feed, letters, messages, templates, webhooks
from adapters.views.persons import Persons
from adapters.views.query import Queries
from commands.platform.concerns import HOUSE, Concerns

QUERIES: Queries = {
    **feed.QUERIES, **webhooks.QUERIES, **messages.QUERIES, **templates.QUERIES, **bulk.QUERIES, **letters.QUERIES,
}  # fmt: skip
PERSONS: Persons = {**feed.PERSONS, **messages.PERSONS, **templates.PERSONS, **bulk.PERSONS, **letters.PERSONS}
PERMISSIONS = (feed.PERSONAL_DATA,)
CONCERNS: Concerns = {
    **dict.fromkeys((*feed.QUERIES, *webhooks.QUERIES), HOUSE),
    **messages.CONCERNS, **templates.CONCERNS, **bulk.CONCERNS, **letters.CONCERNS,
}  # fmt: skip
