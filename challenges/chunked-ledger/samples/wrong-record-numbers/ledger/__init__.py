"""Totals of an event ledger: counts records and not lines."""
