"""What a command about work needs beyond its own permission: that of the step, or those of the flow's actions."""

from __future__ import annotations

from collections.abc import Sequence

from commands.platform.bus import Command
from commands.platform.ports import Store
from commands.work.flows import PublishFlow, load_flow
from commands.work.steps import CompleteStep
from commands.work.streams import load_ticket


class WorkPermissions:
    """Looks up the permissions that flows name; threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, command: Command) -> Sequence[str]:
        """The further permissions for a command.

        Who completes a step holds its permission, if it names one. Who publishes a flow holds those that its actions
        use, for they are done by the authority of the flow and not of the one who completes a step.
        """
        if isinstance(command, PublishFlow):
            return command.flow.may
        if isinstance(command, CompleteStep):
            return self._of_step(command)
        return ()

    def _of_step(self, command: CompleteStep) -> Sequence[str]:
        with self._store.transaction() as transaction:
            ticket, _ = load_ticket(transaction, command.ticket)
            flow = load_flow(transaction, ticket.kind, ticket.flow_version)
        permission = flow.step(command.step).permission if command.step in ticket.steps else ""
        return (permission,) if permission else ()
