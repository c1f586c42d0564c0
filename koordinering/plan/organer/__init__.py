"""The bodies that the measures report to, as data."""
