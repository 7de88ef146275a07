"""Forecasts of revenue, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.reports.forecasts import RevenueForecast


def _foreseen(fact: RevenueForecast) -> str:
    stopped = f"; {counted(fact.stopped, 'account')} could not be billed" if fact.stopped else ""
    return f"the revenue of {counted(fact.months, 'month')} was foreseen{stopped}"


SENTENCES: Sentences = {RevenueForecast: _foreseen}
