"""Processes that work on the database beside the one that a person started, and what the worker does."""
