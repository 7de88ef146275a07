"""Payments: money received, what it settles, and taking it back."""
