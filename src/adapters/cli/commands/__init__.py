"""The commands of each area and of the platform."""
