"""Riskwatch: from the first report of a risk to its archive, as the regulation asks."""
