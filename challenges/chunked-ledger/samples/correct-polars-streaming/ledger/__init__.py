"""Totals of an event ledger, by polars' streaming engine."""
