"""Checks of the installation, its numbers for the monitoring, and what is slow."""
