"""Sellers and customers: who issues documents and who receives them."""
