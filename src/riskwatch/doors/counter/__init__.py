"""Known outsiders, each on its own work: operators, bodies, panels, centres."""
