"""Orders as people and pages read and correct them."""
