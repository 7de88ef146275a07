"""Price lists of destinations: what they say, whether they are sound, which version holds."""
