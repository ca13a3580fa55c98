"""Files that came in, numbers that have no gaps, papers that people sign."""
