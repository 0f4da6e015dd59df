"""Totals of an event ledger: does not compile."""
