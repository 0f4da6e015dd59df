"""Totals of an event ledger: reads only what it needs, as categories and numbers, but all of it at once."""
