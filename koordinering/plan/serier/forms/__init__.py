"""Forms of series: the filter of the list, a figure, a series' own settings, and files."""
