"""Totals of an event ledger: reads all of it in a detached grandchild."""
