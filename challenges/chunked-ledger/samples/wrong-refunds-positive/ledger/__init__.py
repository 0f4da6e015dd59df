"""Totals of an event ledger: adds refunds instead of taking them off."""
