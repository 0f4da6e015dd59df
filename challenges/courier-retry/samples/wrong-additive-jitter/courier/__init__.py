"""Deliver events with requests; tenacity drives the retries."""
