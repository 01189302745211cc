"""Certificates: criteria of a decree, and who is granted what."""
