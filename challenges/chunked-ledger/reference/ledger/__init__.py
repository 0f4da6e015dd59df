"""Totals of an event ledger, in memory that does not depend on its length."""
