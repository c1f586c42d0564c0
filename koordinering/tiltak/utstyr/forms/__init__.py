"""The shape of what is scanned and typed at the counter."""
