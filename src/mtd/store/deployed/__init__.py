"""What was deployed, what begins by itself, and the facts that conditions are over."""
