"""Totals of an event ledger, by pandas in chunks."""
