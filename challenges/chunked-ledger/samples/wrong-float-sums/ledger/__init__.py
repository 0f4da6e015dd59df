"""Totals of an event ledger: adds up money as floats."""
