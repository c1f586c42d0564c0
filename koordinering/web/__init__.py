"""What every page shares: the gate, forms, error pages, headers and filters."""
