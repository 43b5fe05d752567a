"""What comes in by the doors: orders, messages and triggers, and files on their way."""
