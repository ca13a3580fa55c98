"""Detection statistics: counts in, frozen results out. Pure; the library is an issue of its own."""
