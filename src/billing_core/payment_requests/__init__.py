"""Requests to pay by a link and a code, until a day."""
