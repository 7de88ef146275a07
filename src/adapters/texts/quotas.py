"""A quota of usage, in words."""

from __future__ import annotations

from collections.abc import Mapping

from billing_core.catalogue.quotas import Quota

ACTIONS: Mapping[str, str] = {"full": "full", "slow": "slower", "suspend": "suspended", "tell": "a message"}


def quota_text(quota: Quota) -> str:
    """A quota in one line: `slower (speed 2 Mbit/s) after 50 GB, suspended after 60 GB`."""
    unit = f" {quota.unit}" if quota.unit else ""
    return ", ".join(
        f"{ACTIONS[step.action]}{parameters_text(step.parameters)} after {step.after:f}{unit}" for step in quota.steps
    )


def parameters_text(parameters: Mapping[str, str]) -> str:
    """The parameters of a step, in brackets: ` (speed 2 Mbit/s)`."""
    return f" ({', '.join(f'{name} {value}' for name, value in parameters.items())})" if parameters else ""
