"""Reports, in words."""

from __future__ import annotations

from adapters.texts.reports import forecasts, saved, schedules
from adapters.texts.sentences import Sentences

SENTENCES: Sentences = {**saved.SENTENCES, **forecasts.SENTENCES, **schedules.SENTENCES}
