"""Direct debit: terms of sellers, mandates, batches, and the answers of banks and of the post."""

from __future__ import annotations

from commands.direct_debit import announcing, answers, batches, mandates, terms
from commands.platform.area import Area

AREA = Area(
    handlers={**terms.HANDLERS, **mandates.HANDLERS, **batches.HANDLERS, **announcing.HANDLERS, **answers.HANDLERS},
    concerns={**terms.CONCERNS, **mandates.CONCERNS, **batches.CONCERNS, **announcing.CONCERNS, **answers.CONCERNS},
    reactions=answers.REACTIONS,
    wakes={**mandates.WAKES, **announcing.WAKES, **answers.WAKES},
)
