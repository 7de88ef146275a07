"""Expected payments: standing orders that payers said they gave, and what came of them."""
