"""Cases and information classified, counted, kept their term, and destroyed only by two."""
