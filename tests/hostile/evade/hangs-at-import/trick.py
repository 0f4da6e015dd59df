"""Importing waits for a thread that waits for the import."""

import threading

waiter = threading.Thread(target=threading.Event().wait)
waiter.start()
waiter.join()
