"""Sellers, and the purposes for which customers are asked to agree."""

from __future__ import annotations

import msgspec

from adapters.views.query import Page, Queries, Query, Reading
from billing_core.parties.sellers import Seller
from commands.platform.concerns import SHARED, Concerns
from projections.parties import ConsentPurposeRow, list_purposes, list_sellers
from projections.parties.customer_lists import next_number


class ListSellers(Query, frozen=True, kw_only=True):
    """All sellers."""


class ListConsentPurposes(Query, frozen=True, kw_only=True):
    """All purposes of consents, with their wordings."""


class SuggestCustomerNumber(Query, frozen=True, kw_only=True):
    """A number for the next customer: the one after the greatest of those that are digits alone.

    Nobody holds it until a customer is registered with it.
    """


class SuggestedNumber(msgspec.Struct):
    """A number that no customer has."""

    number: str


def _list_sellers(query: ListSellers, reading: Reading) -> Page[Seller]:
    with reading.source.cursor() as cursor:
        return Page(list_sellers(cursor), None)


def _list_purposes(query: ListConsentPurposes, reading: Reading) -> Page[ConsentPurposeRow]:
    with reading.source.cursor() as cursor:
        return Page(list_purposes(cursor), None)


def _suggest_number(query: SuggestCustomerNumber, reading: Reading) -> SuggestedNumber:
    with reading.source.cursor() as cursor:
        return SuggestedNumber(next_number(cursor))


QUERIES: Queries = {
    ListSellers: _list_sellers,
    ListConsentPurposes: _list_purposes,
    SuggestCustomerNumber: _suggest_number,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, SHARED)
