"""Was it worth it: the plan as data, its indicators and pages."""
