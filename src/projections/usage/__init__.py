"""Usage: batches of records and what became of them; whose a record is; price lists; grants, quotas and alarms."""

from __future__ import annotations

from projections.platform.area import Area
from projections.usage import (
    batches,
    control,
    deliveries,
    identifiers,
    kept_rows,
    price_lists,
    purge_proofs,
    rated,
    sums,
)

AREA = Area(
    true_by_date=(identifiers.Identifiers(),),
    recorded=(
        batches.UsageBatches(),
        deliveries.UsageDeliveries(),
        price_lists.PriceListVersions(),
        price_lists.PortedTables(),
        *control.PROJECTIONS,
    ),
    invariants={
        **control.INVARIANTS,
        **identifiers.INVARIANTS,
        **kept_rows.INVARIANTS,
        **rated.INVARIANTS,
        **sums.INVARIANTS,
        **purge_proofs.INVARIANTS,
    },
    streams_of_customer=identifiers.streams_of_customer,
    attachments=f"{deliveries.ATTACHMENTS} UNION ALL {price_lists.ATTACHED}",
    deadlines={**control.DEADLINES},
)
