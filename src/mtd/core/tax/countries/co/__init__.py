"""Colombia, of which MTD has the profile alone: it issues through a provider."""
