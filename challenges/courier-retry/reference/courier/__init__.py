"""Deliver events to an HTTP endpoint, with retries that do no harm."""
