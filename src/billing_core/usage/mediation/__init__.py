"""Mediation: what sources delivered, which rows can be taken, and what accounts learn of them."""
