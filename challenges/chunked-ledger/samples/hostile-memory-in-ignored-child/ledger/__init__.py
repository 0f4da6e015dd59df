"""Totals of an event ledger: holds all of it in a child process that is never waited for."""
