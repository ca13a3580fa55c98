"""What may leave the house, copied out when released."""
