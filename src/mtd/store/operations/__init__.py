"""What is done to many at once, what stands still, and how many stand where."""
