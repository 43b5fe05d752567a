"""Figures: periods, comparisons, promises, sales and steps."""
