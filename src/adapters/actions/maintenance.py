"""Drop the books as of a moment, which nobody looks at any longer."""

from __future__ import annotations

from typing import Any

from adapters.actions.action import Acting, Action, Actions
from projections.platform.asof import drop


class DropAsOf(Action, frozen=True, kw_only=True):
    """Drop what was built as of a moment. It can be built again."""

    name: str


def _drop(action: DropAsOf, acting: Acting) -> dict[str, Any]:
    drop(acting.app.tables, action.name)
    return {}


ACTIONS: Actions = {DropAsOf: _drop}
