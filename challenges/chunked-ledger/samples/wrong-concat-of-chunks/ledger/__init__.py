"""Totals of an event ledger: reads in chunks and puts them together again before it groups."""
