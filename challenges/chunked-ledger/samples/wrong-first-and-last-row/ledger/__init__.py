"""Totals of an event ledger: takes the first and last row of a group for its first and last moment."""
