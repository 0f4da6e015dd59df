"""Totals of an event ledger: turns blanks into NaN, and groupby drops what has no merchant."""
