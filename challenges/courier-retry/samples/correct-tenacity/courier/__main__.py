"""Command line of the tenacity courier."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from courier.delivery import Courier


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    for name in ("events", "endpoint", "policy", "report"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    with open(options.events, encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    policy = json.loads(Path(options.policy).read_text(encoding="utf-8"))

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    courier = Courier(events, options.endpoint, policy, stop)
    threads = [
        threading.Thread(target=courier.work, daemon=True)
        for _ in range(min(policy["parallel"], len(events)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive() and not stop.is_set():
            thread.join(0.1)

    stopped = stop.is_set()
    with open(options.report, "w", encoding="utf-8") as out:
        for line in courier.report():
            out.write(json.dumps(line) + "\n")
    if stopped:
        return 143
    return 0 if all(line["outcome"] == "ok" for line in courier.report()) else 2


if __name__ == "__main__":
    sys.exit(main())
