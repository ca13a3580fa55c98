"""Base page, component kit and widgets: how everything looks."""
