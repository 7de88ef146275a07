"""Service levels, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.work.working_hours import hours_text, length_text
from billing_core.work.service_levels import PRIORITIES, ServiceLevel, ServiceLevelDefined


def promised_text(level: ServiceLevel) -> str:
    """What is promised, from the lowest priority to the highest."""
    return "; ".join(
        f"{priority}: reply in {length_text(promised.first_reply)}, resolved in {length_text(promised.resolution)}"
        for priority in PRIORITIES
        if (promised := level.promised.get(priority)) is not None
    )


def _defined(fact: ServiceLevelDefined) -> str:
    level = fact.level
    return f"{level.title}, {hours_text(level.hours)}: {promised_text(level)}"


SENTENCES: Sentences = {ServiceLevelDefined: _defined}
