"""Mails of tickets: read the mailboxes once."""

from __future__ import annotations

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.options import AsJson
from adapters.cli.session import opened, settings_of
from adapters.cli.show import print_json, say, tell
from adapters.texts.amounts import counted


def poll_mail(context: typer.Context, as_json: AsJson = False) -> None:
    """Read the mailboxes once and take their unread mails into tickets; `billing worker` does it all the time.

    Exit code 1 if a mailbox cannot be read or a mail has to stay where it is.
    """
    from adapters.bootstrap.mail_in import MailPoll

    settings = settings_of(context)
    with opened(context) as app:
        polled = MailPoll(app, settings).poll()
    if as_json:
        print_json(polled)
    elif not settings.mailboxes:
        tell("No mailbox is set; `billing config show` shows the settings.")
    else:
        tell(f"{counted(polled.taken, 'mail')} taken, {polled.refused} refused, {polled.known} known already.")
    for fault in polled.faults:
        say(fault)
    if polled.faults:
        raise typer.Exit(REFUSED)


COMMANDS = {"work poll-mail": poll_mail}
