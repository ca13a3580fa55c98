"""Evaluation, talks, correction orders, penalties. Its procedures are an issue of their own."""
