"""Totals of an event ledger: imports well, and leaves with exit code 0 before doing anything when run."""
