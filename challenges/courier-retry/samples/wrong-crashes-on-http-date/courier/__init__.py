"""Deliver events with threads and http.client."""
