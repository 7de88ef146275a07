"""Another dunning policy, simulated on the live base before it is published."""
