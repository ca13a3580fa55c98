"""The clock and the commands."""
