"""A start page per role that shows the work that waits."""
