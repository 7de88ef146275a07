"""What every area's commands rest on, and what happens by itself: reactions, followers, wake-ups, timed work."""
