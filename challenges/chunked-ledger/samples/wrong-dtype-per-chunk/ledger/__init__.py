"""Totals of an event ledger: lets pandas guess the type of each column, anew for each chunk."""
