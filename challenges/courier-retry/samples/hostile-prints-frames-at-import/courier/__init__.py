"""Deliver events."""

from courier.shout import shout

shout()
