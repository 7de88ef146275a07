"""Direct debit: mandates, collection batches, what follows from the answers of banks and of the post."""
