"""Risk assessment methods: scenario grids, uncertainty, evidence. Pure; the library is an issue of its own."""
