"""Under which inputs something happens."""
