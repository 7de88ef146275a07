"""Dunning policies as they are published."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from adapters.edge.models import written
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.dunning.policies import PolicyVersions, policy_on
from billing_core.kernel.errors import NotFound
from projections.dunning.policies import policies_after, policy_named


class ListDunningPolicies(Listing, frozen=True, kw_only=True):
    """The dunning policies, each as it is in force today, or else as it is published first."""


class ShowDunningPolicy(Query, frozen=True, kw_only=True):
    """A dunning policy as it is in force `on` a date, today unless it is named, and the days of its publications."""

    policy: str
    on: date | None = None


class DunningPolicyRow(msgspec.Struct):
    """A policy as listed. `valid_from` is the day since which it is as it is; `next_from` the next one, if any."""

    code: str
    name: str
    currency: str
    steps: list[str]
    valid_from: date
    next_from: date | None


class DunningPolicyCard(msgspec.Struct):
    """A policy, in the words in which it is published, and the days from which its publications hold."""

    policy: dict[str, Any]
    valid_from: date
    published_from: list[date]


def _list_policies(query: ListDunningPolicies, reading: Reading) -> Page[DunningPolicyRow]:
    with reading.source.cursor() as cursor:
        found = policies_after(cursor, query.after, query.limit + 1)
    rows = [_policy_row(code, versions, reading.today) for code, versions in found if versions.published]
    return page_of(rows, query.limit, lambda row: row.code)


def _policy_row(code: str, versions: PolicyVersions, today: date) -> DunningPolicyRow:
    place = max((at for at, (from_on, _) in enumerate(versions.published) if from_on <= today), default=0)
    from_on, policy = versions.published[place]
    next_from = next((on for on, _ in versions.published if on > max(today, from_on)), None)
    steps = [step.code for step in policy.steps]
    return DunningPolicyRow(code, policy.name, policy.currency, steps, from_on, next_from)


def _show_policy(query: ShowDunningPolicy, reading: Reading) -> DunningPolicyCard:
    with reading.source.cursor() as cursor:
        versions = policy_named(cursor, query.policy)
    on = query.on or reading.today
    policy = policy_on(versions, on)
    if versions is None or not versions.published:
        raise NotFound(
            "no such dunning policy is published; `billing dunning policies` lists them",
            field="policy",
            value=query.policy,
        )
    days = [from_on for from_on, _ in versions.published]
    if policy is None:
        raise NotFound(f"the policy is in force only from {days[0]} on", field="on", value=on)
    return DunningPolicyCard(written(policy), max(day for day in days if day <= on), days)


QUERIES: Queries = {ListDunningPolicies: _list_policies, ShowDunningPolicy: _show_policy}
