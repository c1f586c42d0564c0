"""The plan's report and the overview of its measures."""
