"""Totals of an event ledger: takes the root of the chunks' variances, weighted by rows, for the deviation."""
