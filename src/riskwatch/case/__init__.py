"""Folders and sheets: every record with a life of its own, its steps, its readers and its due day."""
