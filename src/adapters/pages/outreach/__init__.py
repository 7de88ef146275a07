"""What others learn of what happened here: webhooks, messages to customers, and their templates."""

from __future__ import annotations

from adapters.pages.outreach import bulk, letters, messages, templates, terms, webhooks

LISTS = (*webhooks.LISTS, *messages.LISTS, *templates.LISTS, *bulk.LISTS, *letters.LISTS)
PAGES = (*messages.PAGES, *templates.PAGES, *letters.PAGES)
FORMS = (*webhooks.FORMS, *messages.FORMS, *templates.FORMS, *terms.FORMS, *bulk.FORMS, *letters.FORMS)
SET_UP = (*webhooks.SET_UP, *templates.SET_UP, *bulk.SET_UP)
MENU = messages.MENU
