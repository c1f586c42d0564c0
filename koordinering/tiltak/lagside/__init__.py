"""What one club has to do with: its offers, the visits to it, and the way to its grants."""
