"""Old debts: who collects which items, late interest, limitation, write-offs with their VAT, and the list of calls."""

from __future__ import annotations

from projections.collection.batches import INVARIANTS as BATCH_INVARIANTS
from projections.collection.batches import CollectionBatches
from projections.collection.calls import Calls
from projections.collection.interest import ChargedLateInterest
from projections.collection.items import CollectedItems
from projections.collection.limitation import Renewals
from projections.collection.settings import DebtSettings
from projections.collection.write_offs import WriteOffs
from projections.platform.area import Area

AREA = Area(
    true_by_date=(
        DebtSettings(), CollectedItems(), CollectionBatches(), ChargedLateInterest(), Renewals(), WriteOffs(), Calls()
    ),
    invariants=BATCH_INVARIANTS,
)  # fmt: skip
