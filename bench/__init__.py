"""Times what people wait for, at a town and at a region."""
