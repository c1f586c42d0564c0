"""Assessments of the measures: when each is due, who writes it, and what the coordinator decides."""
