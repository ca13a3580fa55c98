"""Inspection control by the E-CIQ backbone, behind a port, with a twin that misbehaves like a real partner."""
