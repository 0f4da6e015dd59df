"""Fetch many URLs at once, within limits."""
