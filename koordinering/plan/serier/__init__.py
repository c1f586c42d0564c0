"""Figures of the plan's indicators as series: entered, imported, or counted by the product."""
