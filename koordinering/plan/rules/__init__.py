"""The plan's file: how it is read, line by line, and what must hold in it."""
