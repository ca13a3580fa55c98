"""Traceability: events, identifiers, the lot graph, recall scopes. Pure; the library is an issue of its own."""
