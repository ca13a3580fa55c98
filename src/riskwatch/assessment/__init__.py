"""A body or panel is entrusted and reports in writing; centres assess and propose; assessment is done again on change."""
