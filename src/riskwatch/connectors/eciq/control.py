"""The control that the settings name by default: the twin."""

from riskwatch.connectors.eciq.twin import Twin

CONTROL = Twin()
