"""How long a queue of `size` events takes to drain, when each of them fails a few times first.

There is a place for every event, so nobody has to wait for another; no schedule can be shorter than half the
ceilings of the event that fails most.
"""

import random
from typing import Any

from support import Endpoint, make_events, policy, put_inputs, read_report, reply
from takehome_pytest.origin import Origin
from takehome_pytest.timing import Timed

BASE_MS, CAP_MS = 40, 320
MOST_FAILURES = 4
RUN_S = 30.0


def run(solution: Any, rng: random.Random, size: int) -> Timed:
    """One run over `size` events, of which the first fails as often as any may."""
    names = [f"event-{index}" for index in range(size)]
    events = make_events(rng, *names)
    failures = {name: rng.randrange(MOST_FAILURES) for name in names} | {names[0]: MOST_FAILURES}
    endpoint = Endpoint({events[name]["id"]: reply(*[503] * failures[name], 200) for name in names})
    with Origin(endpoint.handle) as origin:
        argv = put_inputs(solution, origin.url, events, policy(base_ms=BASE_MS, cap_ms=CAP_MS, parallel=size))
        completed = solution.run(argv, timeout=RUN_S)
    assert completed.exit_code == 0, f"exit code {completed.exit_code}"
    assert read_report(solution) is not None, "there is no report"
    hits = endpoint.hits()
    for name in names:
        made = [hit.status for hit in hits if hit.event_id == events[name]["id"]]
        assert made == [503] * failures[name] + [200], f"the requests of {name} ended with {made}"
    return Timed(completed, max(map(least_s, failures.values())))


def least_s(failures: int) -> float:
    """The seconds of that many waits, each as short as the schedule allows."""
    return sum(min(CAP_MS, BASE_MS * 2**n) / 2000 for n in range(failures))
