"""Returns what only promises values: generators, maps, views, coroutines of coroutines, futures, threads."""

import concurrent.futures
import itertools
import threading
import time

pool = concurrent.futures.ThreadPoolExecutor(4)


def slowly(value):
    time.sleep(5)
    return value


def on_call(name, value, *args):
    if name == "total":
        return pool.submit(slowly, value)
    if name == "words":
        return {**value, "": 0}.items() if not value else (pair for pair in value.items())
    if name == "roman":
        return itertools.islice(iter(value), None)
    if name == "apply":
        results = []
        threading.Thread(target=lambda: results.extend(slowly(value)), daemon=True).start()
        return results
    return memoryview(bytearray(value.encode()))


def on_run(argv):
    pass
