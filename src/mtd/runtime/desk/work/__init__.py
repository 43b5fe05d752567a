"""What waits for a person: tasks, files, pauses, and actions over many orders."""
