"""Plain rules of the report: what it holds, how a year is set beside the one before, and what a cell says."""
