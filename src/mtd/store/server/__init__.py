"""The server itself: the embedded PostgreSQL, the schema's migrations, backups and the way back."""
