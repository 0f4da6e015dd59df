"""Deliver events."""

from courier.walk import everything_passes

everything_passes()
