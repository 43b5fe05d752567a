"""Reports: a day in figures, as a page, as JSON and as a letter."""
