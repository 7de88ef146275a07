"""The claims that the events of a decision make. The store writes them together with the events."""

from __future__ import annotations

from collections.abc import Iterable

from billing_core.kernel.claims import Claim
from commands.platform.ports import Append


def claims_of(appends: Iterable[Append]) -> list[Claim]:
    """The claims of all events, in their order."""
    return [claim for stream, _, events in appends for fact in events for claim in fact.claims(stream)]
