"""The floor: the same pages as bare Flask views with hand-written SQL, to measure the product against."""
