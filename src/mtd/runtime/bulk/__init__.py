"""Bulk actions: one thing done to many orders or files, never to more than the preview said."""
