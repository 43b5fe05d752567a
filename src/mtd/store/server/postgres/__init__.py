"""What the embedded PostgreSQL stands on: its programs, its place on disk, its processes."""
