"""Totals of an event ledger: adds up the days that each chunk counts."""
