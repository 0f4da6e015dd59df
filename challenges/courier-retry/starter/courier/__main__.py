"""The command line: python -m courier --events EVENTS --endpoint URL --policy POLICY --report REPORT"""

import argparse
import sys
from pathlib import Path

from courier.delivery import deliver_all
from courier.inputs import load_events, load_policy


def main() -> int:
    parser = argparse.ArgumentParser(prog="courier")
    parser.add_argument("--events", type=Path, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    options = parser.parse_args()
    return deliver_all(
        load_events(options.events), options.endpoint, load_policy(options.policy), options.report
    )


if __name__ == "__main__":
    sys.exit(main())
