"""Reports: the daily one, as it is made and mailed."""
