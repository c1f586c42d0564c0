"""What the municipality must be able to show: the register of every column, and when each kind of thing goes."""
