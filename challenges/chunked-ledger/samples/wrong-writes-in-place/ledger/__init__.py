"""Totals of an event ledger: writes into the result files from the start."""
