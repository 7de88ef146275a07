"""Batches of usage records: received (`receiving`), booked on the accounts they name (`booking`), and reported."""
