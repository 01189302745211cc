"""The tenant firm: its columns, what stands in it, its year, its Mesa face."""
