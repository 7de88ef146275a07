"""Reports that people build from views and save, and the figures of a month that are frozen when it is closed."""
"""Reports: what is kept of them as facts."""
"""Reports that are sent by themselves."""
