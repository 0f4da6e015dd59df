"""Totals of an event ledger: reads the whole file into one DataFrame."""
