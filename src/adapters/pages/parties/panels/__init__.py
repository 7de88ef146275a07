"""The panels of the customer's card."""
