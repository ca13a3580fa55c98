"""The public: reads what is disclosed, reports a risk under its own name."""
