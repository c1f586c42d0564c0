"""What is done in measures that give nothing to anyone here: meetings, seminars, courses, items of an agenda."""
