"""What other systems learn of what happened here: the feed of events, and webhooks."""

from __future__ import annotations

from adapters.views.outreach import feed, webhooks
from adapters.views.persons import Persons
from adapters.views.query import Queries
from commands.platform.concerns import HOUSE, Concerns

QUERIES: Queries = {**feed.QUERIES, **webhooks.QUERIES}
PERSONS: Persons = feed.PERSONS
PERMISSIONS = (feed.PERSONAL_DATA,)
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
