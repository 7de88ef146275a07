"""The port of templates: words with variables become the words of a message, safely and always the same.

render "Invoice {{ number }} over {{ gross }}" with number 26005219 and gross 120.00 CZK in Czech
->     "Invoice 26005219 over 120,00 Kc", money and dates as the language writes them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from billing_core.outreach.kinds import MessageItem
from billing_core.outreach.templates import MessageTemplate


class Rendered(NamedTuple):
    """What a message says; `html` is empty if its channel has none."""

    subject: str
    text: str
    html: str


class Facts(NamedTuple):
    """What a template may tell: values by their variables, written as `kinds.require_values` has them, and items."""

    values: Mapping[str, str]
    items: Sequence[MessageItem] = ()


class Templates(Protocol):
    """Renders templates, and has the ready-made ones."""

    def require_sound(self, template: MessageTemplate) -> None:
        """Refuse a template with a fault of syntax, a variable that its kind does not have, or work without end."""

    def render(self, template: MessageTemplate, facts: Facts) -> Rendered:
        """What the template says with these facts; what is not known is empty. In HTML every value is escaped."""

    def ready_made(self, kind: str, language: str, channel: str) -> MessageTemplate | None:
        """The ready-made template, if there is one."""
