"""A seeded simulator of offices, operators, products and events, in our own words, for demo, tests and benchmarks."""
