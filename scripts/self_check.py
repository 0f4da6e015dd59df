#!/usr/bin/env python3
"""What `takehome time --self-check` finds on this machine, in full: about three quarters of an hour.

    scripts/self_check.py [--from FILE]... [--json DIR] [--write] [--takehome PATH]

Identical code 100 times and code that is 5 % slower 20 times with every core busy, and identical code
20 times on the idle machine. `--json DIR` keeps what each part printed; `--from` takes such files instead
of measuring. `--write` puts the tables into docs/timing.md.
"""

import json
import math
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benching.figures import markdown, replaced
from benching.options import parser
from benching.suites import ROOT, Unfit

PAGE = ROOT / "docs/timing.md"
PARTS = {
    "identical-busy": ("--busy", "0", 100),
    "slower-busy": ("--busy", "5", 20),
    "identical-idle": ("--idle", "0", 20),
}
"""By name: the machine's state, by how many per cent one side is slower, and the trials."""


def measure(takehome: Path, state: str, percent: str, trials: int) -> dict:
    """What one part prints. Raises Unfit."""
    command = [takehome, "time", "--self-check", state, "--of", percent, "--trials", str(trials)]
    run = subprocess.run([*command, "--format", "json"], stdout=subprocess.PIPE, text=True)
    # 1: it says too often of identical code that it is not. That is a result.
    if run.returncode not in (0, 1):
        raise Unfit(f"takehome time ended with {run.returncode}")
    return json.loads(run.stdout)


def percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.2f} %"


def row(one: dict) -> tuple[str, ...]:
    found = one["found"]
    slowdown = one["slowdown_percent"]
    return (
        f"{'busy' if one['busy'] else 'idle'}, {f'{slowdown} % slower' if slowdown else 'identical'}",
        str(found["repetitions"]),
        "none" if found["mean"] is None else f"{found['mean']:.4f}",
        percent(found["spread"]),
        *(str(found[word]) for word in ("faster", "same", "slower", "too_noisy")),
        f"{found['covered']} of {found['with_ratio']}",
        f"{one['seconds_a_trial']:.1f}",
    )


def verdicts(checked: list[dict]) -> list[tuple[str, str, str, str]]:
    """The targets of the issue that the parts at hand say something about."""
    by_part = {(one["busy"], one["slowdown_percent"]): one for one in checked}
    rows = []

    def add(what: str, target: str, found: str, met: bool) -> None:
        rows.append((what, target, found, "yes" if met else "no"))

    if busy := by_part.get((True, 0)):
        found = busy["found"]
        add("spread of the ratio, identical code, busy", "at most 2 %", percent(found["spread"]),
            (found["spread"] or math.inf) <= 0.02)  # fmt: skip
        alarms = found["false_faster"] + found["false_slower"]
        add("false alarms, identical code, busy", "at most 2 in 100", f"{alarms} in {found['repetitions']}",
            50 * alarms <= found["repetitions"])  # fmt: skip
    if slower := by_part.get((True, 5)):
        found = slower["found"]
        add("5 % slower is called slower, busy", "at least 19 of 20",
            f"{found['slower']} of {found['repetitions']}",
            20 * found["slower"] >= 19 * found["repetitions"])  # fmt: skip
    idle = by_part.get((False, 0))
    if busy and idle:
        shift = math.log(busy["found"]["mean"] / idle["found"]["mean"])
        add("shift of the ratio from idle to busy", "at most 1 %", percent(math.expm1(shift)),
            abs(shift) <= math.log(1.01))  # fmt: skip
    return rows


def lines(checked: list[dict]) -> list[str]:
    head = ("machine and code", "trials", "mean ratio", "spread", "faster", "same", "slower", "too noisy",
            "intervals with the truth", "s a trial")  # fmt: skip
    table = markdown(head, [row(one) for one in checked])
    medians = [one["seconds_a_trial"] for one in checked]
    targets = markdown(("target", "is", "found", "met"), verdicts(checked))
    said = f"A trial took {statistics.median(medians):.0f} s, with the starts of its processes."
    return [f"Machine: {os.cpu_count()} cores.", "", *table, "", *targets, "", said]


def main() -> int:
    options_of_all = parser(__doc__, PAGE)
    options_of_all.add_argument("--from", dest="files", type=Path, action="append", metavar="FILE")
    options = options_of_all.parse_args()
    checked: list[dict] = []
    try:
        if options.files:
            found = [json.loads(path.read_text(encoding="utf-8")) for path in options.files]
        else:
            found = []
            for name, part in PARTS.items():
                print(f"{name}: {part[2]} trials", file=sys.stderr)
                found.append(measure(options.takehome, *part))
                if options.json:
                    options.json.mkdir(exist_ok=True)
                    (options.json / f"{name}.json").write_text(json.dumps(found[-1]), encoding="utf-8")
    except Unfit as error:
        print(f"error: {error}\n\nhint: no figure is printed, since this run says nothing", file=sys.stderr)
        return 1
    for one in found:
        checked += one["checked"]
    text = lines(checked)
    print("\n".join(text))
    if options.write:
        page = replaced(PAGE.read_text(encoding="utf-8"), "self-check", text)
        PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
