"""Deliver events with httpx on trio; stamina drives the retries."""
