"""Totals of an event ledger: coerces what is no number or date to NaN and drops it silently."""
