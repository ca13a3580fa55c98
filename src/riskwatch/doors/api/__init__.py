"""Machines: the same acts and reads over HTTP."""
