"""Totals of an event ledger, by the csv module and Decimal."""
