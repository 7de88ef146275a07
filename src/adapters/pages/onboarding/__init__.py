"""New customers: one wizard from the person or company to the signed service."""

from __future__ import annotations

from adapters.pages.onboarding.filled import PATH
from adapters.pages.onboarding.wizard import receive, show
from adapters.pages.page import Page

PAGES = (Page(PATH, show, method="GET"), Page(PATH, receive, method="POST"))
