"""Expert panels: private rounds, stop rules, pools, calibrated weights, agreement, and dissent that is kept."""
