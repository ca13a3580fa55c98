"""What was done, by whom, when and by which rule: hash-chained strands, sealed by the minute."""
