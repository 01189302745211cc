"""The park operator: its year and its Mesa face."""
