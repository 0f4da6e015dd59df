"""A request that fails becomes one record and disturbs no other. Nothing here needs concurrency.

All classes of failure are met in one run. Where that run tells nothing good about a class, the class gets a
run of its own, so that one failure that ends the process costs one test and not five.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from support import Entry, Run, Site, rng_for, run_harvest
from takehome_pytest import refused_url

pytestmark = pytest.mark.group("isolation")

HEALTHY = 10
ELSEWHERE = "/elsewhere"


def refused(exchange: Any, value: Any) -> None:
    raise AssertionError("nobody listens there")


def reset_in_the_middle(exchange: Any, value: Any) -> None:
    exchange.drip(b'{"half": ', 0.0, chunk=64, content_length=4_000)
    exchange.delay(0.2)
    exchange.reset()


def shorter_than_promised(exchange: Any, value: Any) -> None:
    # What does arrive is valid JSON: only its length tells that the rest is missing.
    exchange.truncate(200, b'{"total": 1}', content_length=400)


def redirected(exchange: Any, value: Any) -> None:
    # To a path that would be answered well, were it asked for.
    exchange.reply(302, b"elsewhere", {"Location": ELSEWHERE})


CLASSES: dict[str, Sequence[Callable[[Any, Any], object]]] = {
    "error status": (
        lambda e, _: e.reply(500, b'{"oops": 1}'),
        lambda e, _: e.reply(404, b"no such thing"),
        redirected,
        lambda e, _: e.reply(300, b'{"choose": 1}'),
    ),
    "refused": (refused, refused),
    "reset": (reset_in_the_middle,),
    "short": (shorter_than_promised,),
    "bad payload": (lambda e, _: e.reply(200, b'{"cut": [1, 2'), lambda e, _: e.reply(200, b'"\xff\xfe"')),
}

Outcome = tuple[Run, dict[str, list[Entry]], list[Entry]]


def harvest(sandbox: Any, make_origin: Any, seed: int, *classes: str) -> Outcome:
    site = Site(rng_for(seed, f"isolation {classes}"))

    def handle(exchange: Any) -> None:
        if exchange.path == ELSEWHERE:
            exchange.reply(200, b'{"moved": 1}')
        else:
            site.handle(exchange)

    with sandbox.scenario() as solution, make_origin(handle) as origin:
        healthy = site.entries(origin, HEALTHY, name="healthy")
        failing: dict[str, list[Entry]] = {name: [] for name in classes}
        for number, name in enumerate(classes):
            for plan in CLASSES[name]:
                entry = site.entry(origin, f"trouble{number}", plan)
                if plan is refused:
                    entry = Entry(entry.id, f"{refused_url()}/{entry.id}")
                failing[name].append(entry)
        entries = healthy + [entry for group in failing.values() for entry in group]
        site.rng.shuffle(entries)
        return run_harvest(solution, entries, timeout=20), failing, healthy


@pytest.fixture(scope="module")
def together(sandbox, make_origin, seed) -> Outcome:
    return harvest(sandbox, make_origin, seed, *CLASSES)


@pytest.fixture
def assert_isolated(sandbox, make_origin, seed, together: Outcome) -> Callable[[str, str], Outcome]:
    def check(name: str, status: str) -> Outcome:
        try:
            assert_reported(together, name, status)
        except (AssertionError, ValueError):
            alone = harvest(sandbox, make_origin, seed, name)
            assert_reported(alone, name, status)
            return alone
        return together

    return check


def assert_reported(outcome: Outcome, name: str, status: str) -> None:
    run, failing, healthy = outcome
    for entry in failing[name]:
        assert run.status_of(entry) == status, f"a request that met: {name}"
    run.assert_ok(healthy)


def test_an_error_status_is_one_http_error_and_exit_code_2_tells(assert_isolated) -> None:
    run, failing, _ = assert_isolated("error status", "http_error")
    assert [run.record_of(entry).get("http_status") for entry in failing["error status"]] == [
        500,
        404,
        302,
        300,
    ]
    assert run.exit_code == 2


def test_a_refused_connection_is_one_net_error(assert_isolated) -> None:
    assert_isolated("refused", "net_error")


def test_a_reset_in_the_middle_of_the_body_is_one_net_error(assert_isolated) -> None:
    assert_isolated("reset", "net_error")


def test_a_body_shorter_than_promised_is_one_net_error(assert_isolated) -> None:
    assert_isolated("short", "net_error")


def test_a_body_that_is_no_json_is_one_bad_payload(assert_isolated) -> None:
    assert_isolated("bad payload", "bad_payload")
