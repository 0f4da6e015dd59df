"""Totals of an event ledger: rounds ties away from zero, as taught at school."""
