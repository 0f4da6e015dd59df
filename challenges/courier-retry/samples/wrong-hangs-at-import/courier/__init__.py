"""Deliver events."""

import threading

threading.Event().wait()
