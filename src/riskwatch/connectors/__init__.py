"""Translators to and from outside systems, one folder each."""
