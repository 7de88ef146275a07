"""The templates of messages that come with the program: one file for a language, with the words of each kind.

    invoice:
      subject: Invoice {{ number }}
      text: |-
        Dear {{ customer_name }}, ...
      sms: "{{ seller_name }}: invoice {{ number }} ..."

They are used until the house publishes its own. A letter has the words of the e-mail, and what is pushed to an app
those of the SMS.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, get_args

import msgspec
import yaml

from billing_core.kernel.languages import LANGUAGES
from billing_core.outreach.kinds import MESSAGE_KINDS, ON_PAGES, ChannelName
from billing_core.outreach.templates import MessageTemplate


def ready_templates() -> list[MessageTemplate]:
    """Every template that comes with the program."""
    found = (
        ready_template(kind, language, channel)
        for kind in MESSAGE_KINDS
        for language in LANGUAGES
        for channel in get_args(ChannelName)
    )
    return [template for template in found if template is not None]


@cache
def ready_template(kind: str, language: str, channel: str) -> MessageTemplate | None:
    """The template of a kind, if there is one in the language."""
    words = _words_of(language).get(kind)
    if words is None:
        return None
    has_subject = channel in ON_PAGES
    written = {"subject": words["subject"], "text": words["text"]} if has_subject else {"text": words["sms"]}
    return msgspec.convert({"kind": kind, "language": language, "channel": channel, **written}, MessageTemplate)


def unsubscribe_words(language: str) -> dict[str, str]:
    """What the link that ends advertising shows: a question, its button, and that it is done."""
    words: dict[str, str] = _words_of(language if language in LANGUAGES else "en")["unsubscribe"]
    return words


@cache
def _words_of(language: str) -> dict[str, Any]:
    file = files("adapters.outreach") / "ready_templates" / f"{language}.yaml"
    if language not in LANGUAGES or not file.is_file():
        return {}
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read
