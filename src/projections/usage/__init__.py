"""Usage: batches of records and what became of them; whose a record is; price lists."""

from __future__ import annotations

from projections.platform.area import Area
from projections.usage import batches, identifiers, price_lists, rated

AREA = Area(
    true_by_date=(identifiers.Identifiers(),),
    recorded=(batches.UsageBatches(), price_lists.PriceListVersions(), price_lists.PortedTables()),
    invariants={**batches.INVARIANTS, **identifiers.INVARIANTS, **rated.INVARIANTS},
    streams_of_customer=identifiers.streams_of_customer,
    attachments=price_lists.ATTACHED,
)
