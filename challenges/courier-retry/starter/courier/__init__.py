"""Deliver events to an HTTP endpoint, with retries."""
