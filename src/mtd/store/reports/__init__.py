"""Reports: what a day is told by that no count keeps, and who it was mailed to."""
