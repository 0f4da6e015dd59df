"""Totals of an event ledger: keeps a list of all rows, as csv.DictReader gives them."""
