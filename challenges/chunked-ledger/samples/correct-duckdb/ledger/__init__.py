"""Totals of an event ledger, by DuckDB."""
