"""Deliver events with requests; urllib3 does the retries."""
