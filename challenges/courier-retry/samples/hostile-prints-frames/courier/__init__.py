"""Deliver events, the quick way."""
