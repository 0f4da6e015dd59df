"""Deliver events with aiohttp; the backoff library drives the retries."""
