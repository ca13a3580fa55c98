"""Products by commodity code, hazards, countries: dated tables that headquarters replaces by upload."""
