"""Batches of pay-backs: unused credit of many accounts, paid back by one file to the bank."""
