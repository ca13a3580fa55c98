"""The report is judged and handling is decided; urgency has its own path."""
