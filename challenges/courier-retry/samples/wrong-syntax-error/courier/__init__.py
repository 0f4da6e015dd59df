"""Deliver events."""

def deliver(:
