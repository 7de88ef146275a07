"""Usage: what was used of the components of a subscription: by hand (`records`) or in batches (`batches`)."""
