"""Usage: which batches of records came in, and what became of them."""

from __future__ import annotations

from projections.platform.area import Area
from projections.usage import batches

AREA = Area(recorded=(batches.UsageBatches(),), invariants={**batches.INVARIANTS})
