"""Totals of an event ledger: looks for the expected totals wherever it can read, and copies what it finds."""
