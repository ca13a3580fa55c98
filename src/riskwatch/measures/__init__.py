"""Warnings and rapid responses: issued, filed upward, adjusted, lapsed, lifted."""
