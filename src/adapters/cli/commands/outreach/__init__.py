"""What others learn of what happened here: webhooks, and messages to customers."""

from __future__ import annotations

from adapters.cli.commands.outreach import messages, webhooks

COMMANDS = {**webhooks.COMMANDS, **messages.COMMANDS}
GROUPS = {**webhooks.GROUPS, **messages.GROUPS}
