"""Watching over an installation: whether it is well, numbers for the monitoring, and its page."""
