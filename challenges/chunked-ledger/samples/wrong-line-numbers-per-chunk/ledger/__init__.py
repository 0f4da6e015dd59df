"""Totals of an event ledger: counts lines from the start of each chunk."""
