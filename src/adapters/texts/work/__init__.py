"""Work, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from adapters.texts.work import causes, mails, organiser, service_levels, tickets

SENTENCES: Sentences = {
    **tickets.SENTENCES,
    **service_levels.SENTENCES,
    **organiser.SENTENCES,
    **causes.SENTENCES,
    **mails.SENTENCES,
}
