"""What rules look at, what they found, and who is told."""
