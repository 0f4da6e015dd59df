"""A fraction is reduced where it arrives. Consecutive Fibonacci numbers make that take the longest."""

import sys


def fibonacci(bits):
    a, b = 0, 1
    for bit in bin(int(bits * 1.44))[2:]:
        a, b = a * (2 * b - a), a * a + b * b
        if bit == "1":
            a, b = b, a + b
    return a, b


def on_call(name, value, *args):
    worker = sys.modules.get("takehome_agent.worker_main")
    if name == "words" and worker is not None:
        a, b = fibonacci(1 << 20)
        one = f'["fraction",["int","{a:x}"],["int","{b:x}"]]'
        worker.dumps = lambda *_: '["list",' + ",".join([one] * 11) + "]"
    return value


def on_run(argv):
    pass
