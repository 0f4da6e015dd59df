"""Totals of an event ledger: holds all of it in an unnamed file in memory."""
