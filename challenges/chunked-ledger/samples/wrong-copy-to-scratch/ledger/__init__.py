"""Totals of an event ledger: unpacks or copies its input to a temporary file first."""
