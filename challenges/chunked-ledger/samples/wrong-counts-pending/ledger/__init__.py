"""Totals of an event ledger: counts every good row, whatever its status."""
