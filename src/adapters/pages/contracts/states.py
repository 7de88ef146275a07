"""States of contracts as badges."""

from __future__ import annotations

from adapters.pages.lists import State
from adapters.pages.page import N_

STATES = {
    "draft": State(N_("Draft")), "issued": State(N_("Issued"), "info"), "signed": State(N_("Signed"), "good"),
    "ended": State(N_("Ended")), "voided": State(N_("Voided")),
}  # fmt: skip


def state_of(status: str) -> State:
    """The badge of a contract or annex."""
    return STATES.get(status, State(status))
