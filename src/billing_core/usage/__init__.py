"""Usage of the components of a subscription: recorded by hand (`records`) or in batches (`batches`)."""
