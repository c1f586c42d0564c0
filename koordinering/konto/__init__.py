"""Signing in: passwords, sessions and the user's own account."""
