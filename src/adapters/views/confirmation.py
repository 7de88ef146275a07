"""The limits beyond which changes ask first."""

from __future__ import annotations

from adapters.views.query import Queries, Query, Reading
from billing_core.confirmation import USUAL_LIMITS, ConfirmationLimits, apply_limits
from billing_core.kernel.errors import NotFound
from commands.confirmation import limits_stream
from commands.platform.concerns import HOUSE, Concerns
from projections.parties import list_sellers


class ShowConfirmationLimits(Query, frozen=True, kw_only=True):
    """Beyond which days, amounts and shares of all accounts a seller's changes ask first."""

    seller: str


def _show_limits(query: ShowConfirmationLimits, reading: Reading) -> ConfirmationLimits:
    with reading.source.cursor() as cursor:
        if query.seller not in {seller.code for seller in list_sellers(cursor)}:
            raise NotFound("no such seller", field="seller", value=query.seller)
    limits: ConfirmationLimits | None = None
    for fact in reading.source.events_of(limits_stream(query.seller)):
        limits = apply_limits(limits, fact)
    return limits or USUAL_LIMITS


QUERIES: Queries = {ShowConfirmationLimits: _show_limits}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
