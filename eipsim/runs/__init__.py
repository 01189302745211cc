"""One run as data: its tables, files and provenance."""
