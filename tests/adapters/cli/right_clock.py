"""The program on a store whose last event is of some time ago, so that it is said that the clock is right."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing, Ended


class RightClock(Billing):
    """Says with every command that the clock of this machine is right."""

    def __call__(self, *arguments: str, given: str | None = None, **environment: str) -> Ended:
        return super().__call__("--clock-is-right", *arguments, given=given, **environment)


def with_right_clock(billing: Billing) -> Billing:
    """The same program on the same database."""
    return RightClock(billing.database_url, billing.folder)
