"""Information arrives from any of the seventeen sources, is registered and checked for scope."""
