"""Usage: batches of records."""

from __future__ import annotations

from adapters.views.query import Queries
from adapters.views.usage import batches
from commands.platform.concerns import Concerns

QUERIES: Queries = {**batches.QUERIES}
CONCERNS: Concerns = {**batches.CONCERNS}
