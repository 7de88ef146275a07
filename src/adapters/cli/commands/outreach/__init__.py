"""What others learn of what happened here: webhooks, messages to customers, and bulk messages."""

from __future__ import annotations

from adapters.cli.commands.outreach import bulk, letters, messages, webhooks

COMMANDS = {**webhooks.COMMANDS, **messages.COMMANDS, **bulk.COMMANDS, **letters.COMMANDS}
GROUPS = {**webhooks.GROUPS, **messages.GROUPS, **bulk.GROUPS}
