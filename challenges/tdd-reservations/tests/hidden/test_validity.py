"""Right services: no test of the submission may object to what README.md leaves open."""

import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest
import variants
from campaign import Run, run_over, shown

pytestmark = pytest.mark.group("validity")

PLAIN = "variant-1"
TIMES_PLAIN = 3
UNCLEAN = ("slept", "network")


@dataclass
class Findings:
    """The runs over the right services and over the gross faults."""

    runs: dict[str, list[Run]] = field(default_factory=dict)

    @cached_property
    def tests(self) -> list[str]:
        """What is judged here: every test that does not sleep or use the network (see hygiene)."""
        said = [run.results for name in variants.VARIANTS for run in self.runs[name]]
        names = dict.fromkeys(test for results in said for test in results)
        return [test for test in names if not any(results.get(test) in UNCLEAN for results in said)]

    def objecting(self, variant: str) -> list[str]:
        """The tests that fail on a right service, at least once."""
        runs = self.runs[variant]
        return [
            test for test in self.tests if any(run.results.get(test, "failed") == "failed" for run in runs)
        ]

    @cached_property
    def broken(self) -> list[str]:
        """The tests that fail on every right service: they are wrong, not too strict."""
        objecting = [set(self.objecting(variant)) for variant in variants.VARIANTS]
        return [test for test in self.tests if all(test in each for each in objecting)]

    @cached_property
    def kept(self) -> list[str]:
        """The tests that pass on every right service, each time."""
        said = [run.results for name in variants.VARIANTS for run in self.runs[name]]
        return [test for test in self.tests if all(results.get(test) == "passed" for results in said)]

    @cached_property
    def kept_share(self) -> float:
        """Kept tests among those that are not skipped everywhere."""
        lost = {test for variant in variants.VARIANTS for test in self.objecting(variant)}
        return len(self.kept) / max(len(self.kept) + len(lost), 1)

    @cached_property
    def overlooked(self) -> list[str]:
        """The gross faults that no kept test notices."""
        return [
            fault
            for fault in variants.GROSS_FAULTS
            if not any(run.results.get(test) == "failed" for run in self.runs[fault] for test in self.kept)
        ]


@pytest.fixture(scope="module")
def findings(sandbox: Any) -> Findings:
    sources = {name: variants.source_of(name) for name in variants.VARIANTS}
    sources |= {fault: variants.gross_source(fault) for fault in variants.GROSS_FAULTS}
    schedule = [*sources, *[PLAIN] * (TIMES_PLAIN - 1)]
    random.SystemRandom().shuffle(schedule)
    findings = Findings({name: [] for name in sources})
    for name in schedule:
        findings.runs[name].append(run_over(sandbox, sources[name]))
    return findings


def require_substance(findings: Findings) -> None:
    """A suite that notices nothing objects to nothing either."""
    troubles = [run.trouble for runs in findings.runs.values() for run in runs if run.trouble]
    if not findings.kept:
        pytest.fail(f"no test passes on every right service {shown(troubles, 1)}", pytrace=False)
    if findings.overlooked:
        pytest.fail(
            f"the suite checks too little to be right or wrong: it overlooks that {findings.overlooked[0]}",
            pytrace=False,
        )


@pytest.mark.parametrize("variant", list(variants.VARIANTS))
def test_no_test_objects_to_a_right_service(findings: Findings, variant: str) -> None:
    require_substance(findings)
    objecting = [test for test in findings.objecting(variant) if test not in findings.broken]
    if objecting:
        what = variants.DIFFERENCES[variant]
        pytest.fail(f"fail on a right service ({what}): {shown(objecting)}", pytrace=False)


def test_repeated_runs_over_one_service_agree(findings: Findings) -> None:
    require_substance(findings)
    runs = [run.results for run in findings.runs[PLAIN]]
    wavering = [test for test in findings.tests if len({results.get(test) for results in runs}) > 1]
    assert not wavering, f"these tests waver: {shown(wavering)}"


@pytest.mark.parametrize("share", [1.0, 0.9, 0.75], ids=["all", "nine-tenths", "three-quarters"])
def test_of_the_tests_enough_accept_every_right_service(findings: Findings, share: float) -> None:
    require_substance(findings)
    lost = [test for test in findings.tests if test not in findings.kept]
    assert findings.kept_share >= share, f"these tests do not count: {shown(lost)}"
