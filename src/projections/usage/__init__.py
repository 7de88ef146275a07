"""Usage: which batches of records came in, and what became of them; whose a record is."""

from __future__ import annotations

from projections.platform.area import Area
from projections.usage import batches, identifiers

AREA = Area(
    true_by_date=(identifiers.Identifiers(),),
    recorded=(batches.UsageBatches(),),
    invariants={**batches.INVARIANTS, **identifiers.INVARIANTS},
    streams_of_customer=identifiers.streams_of_customer,
)
