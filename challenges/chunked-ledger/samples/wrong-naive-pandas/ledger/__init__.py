"""Totals of an event ledger: read_csv, groupby, to_csv: the hostile samples are this one with a trick."""
