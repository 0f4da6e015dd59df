"""Deliver events with asyncio and httpx, by hand."""
