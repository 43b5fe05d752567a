"""Time as people count it: business hours and days of a country, holidays and summer time."""
