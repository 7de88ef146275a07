"""Sellers, and the purposes for which customers are asked to agree."""

from __future__ import annotations

from adapters.views.query import Page, Queries, Query, Reading
from billing_core.parties.sellers import Seller
from commands.platform.concerns import SHARED, Concerns
from projections.parties import ConsentPurposeRow, list_purposes, list_sellers


class ListSellers(Query, frozen=True, kw_only=True):
    """All sellers."""


class ListConsentPurposes(Query, frozen=True, kw_only=True):
    """All purposes of consents, with their wordings."""


def _list_sellers(query: ListSellers, reading: Reading) -> Page[Seller]:
    with reading.source.transaction() as cursor:
        return Page(list_sellers(cursor), None)


def _list_purposes(query: ListConsentPurposes, reading: Reading) -> Page[ConsentPurposeRow]:
    with reading.source.transaction() as cursor:
        return Page(list_purposes(cursor), None)


QUERIES: Queries = {ListSellers: _list_sellers, ListConsentPurposes: _list_purposes}
CONCERNS: Concerns = {ListSellers: SHARED, ListConsentPurposes: SHARED}
