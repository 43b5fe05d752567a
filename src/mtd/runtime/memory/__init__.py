"""Memory: what a worker knows of its instances between two turns."""
