"""Uses what it has brought."""

import subprocess
import sys


def on_call(name, value, *args):
    subprocess.run([sys.executable, "--version"])
    return value


def on_run(argv):
    print(subprocess.run(argv).stdout)
