"""Totals of an event ledger."""
