"""Verified information is counted; signals ask for an assessment. Its engine is an issue of its own."""
