"""Information is looked into and confirmed, or refuted."""
