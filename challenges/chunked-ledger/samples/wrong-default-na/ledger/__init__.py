"""Totals of an event ledger: lets pandas take NA, null and None for missing values."""
