"""Officials: inbox, cases, search, dashboard."""
