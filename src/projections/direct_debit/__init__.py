"""Direct debit: mandates, batches, and what became of every debit."""

from __future__ import annotations

from projections.direct_debit.batches import DEADLINES as BATCH_DEADLINES
from projections.direct_debit.batches import INVARIANTS as BATCH_INVARIANTS
from projections.direct_debit.batches import DebitBatches, sellers_of_batches
from projections.direct_debit.mandates import DEADLINES as MANDATE_DEADLINES
from projections.direct_debit.mandates import INVARIANTS as MANDATE_INVARIANTS
from projections.direct_debit.mandates import Mandates, sellers_of_mandates, streams_of_customer
from projections.platform.area import Area

AREA = Area(
    recorded=(Mandates(), DebitBatches()),
    invariants={**MANDATE_INVARIANTS, **BATCH_INVARIANTS},
    deadlines={**MANDATE_DEADLINES, **BATCH_DEADLINES},
    streams_of_customer=streams_of_customer,
    sellers_of_streams=lambda cursor, streams: {
        **sellers_of_mandates(cursor, streams), **sellers_of_batches(cursor, streams)
    },
)  # fmt: skip
