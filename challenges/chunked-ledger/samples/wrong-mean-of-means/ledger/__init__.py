"""Totals of an event ledger: takes the mean of the chunks' means."""
