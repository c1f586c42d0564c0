"""What there is: the plan's measures and their stock."""
