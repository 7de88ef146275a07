"""What other systems learn of what happened here: the feed of events."""

from __future__ import annotations

from adapters.views.outreach import feed
from adapters.views.query import Queries

QUERIES: Queries = {**feed.QUERIES}
PERMISSIONS = (feed.PERSONAL_DATA,)
