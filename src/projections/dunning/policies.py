"""Which dunning policies are published, and as from which days?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.dunning.policies import DunningPolicyPublished, DunningPolicyWithdrawn, PolicyVersions, apply_policy
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_POLICIES = """
    INSERT INTO dunning_policies (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""
decode_versions = msgspec.json.Decoder(PolicyVersions).decode


class DunningPolicies:
    """Every policy with its publications in the order of their days."""

    name = "dunning-policies"
    version = 1
    tables = ("dunning_policies",)
    by_stream = True
    definition = 'CREATE TABLE dunning_policies (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("dunning-policy",)
    folds: tuple[type[Event], ...] = (DunningPolicyPublished, DunningPolicyWithdrawn)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        codes = {entry.number for entry in page}
        rows = cursor.execute("SELECT code, details FROM dunning_policies WHERE code = ANY(%s)", (list(codes),))
        known = {code: decode_versions(details) for code, details in rows}
        for entry in page:
            versions = apply_policy(known.get(entry.number), entry.event)
            assert versions is not None
            known[entry.number] = versions
        encoded = ((code, msgspec.json.encode(versions).decode()) for code, versions in known.items())
        cursor.execute(UPSERT_POLICIES, as_columns(encoded, 2))


def policies_after(cursor: Cursor, after: str, limit: int) -> list[tuple[str, PolicyVersions]]:
    """The policies with a code after another one, in order of code."""
    rows = cursor.execute(
        "SELECT code, details FROM dunning_policies WHERE code > %s ORDER BY code LIMIT %s", (after, limit)
    )
    return [(code, decode_versions(details)) for code, details in rows]


def policy_named(cursor: Cursor, code: str) -> PolicyVersions | None:
    """The publications of a policy; None if it was never published."""
    row = cursor.execute("SELECT details FROM dunning_policies WHERE code = %s", (code,)).fetchone()
    return None if row is None else decode_versions(row[0])
