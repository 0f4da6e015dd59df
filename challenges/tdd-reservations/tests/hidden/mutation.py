"""What the two modules of mutants have in common."""

import random
from typing import Any

import mutants
import pytest
import variants
from campaign import Campaign


def make_campaign(sandbox: Any, *kinds: str) -> Campaign:
    """Run the suite over the mutants of these classes, mixed with all right services.

    In an order that nobody can compute: the candidate's processes know the grading's seed.
    """
    right = {name: variants.source_of(name) for name in variants.VARIANTS}
    wrong = {name: mutants.source_of(name) for kind in kinds for name in names_of(kind)}
    return Campaign(right, wrong, random.SystemRandom()).run(sandbox)


def names_of(kind: str) -> list[str]:
    """The mutants of a class."""
    return [name for name in mutants.MUTANTS if name.startswith(f"mutant-{kind}-")]


def parameters(*kinds: str) -> list[Any]:
    """One parameter a mutant, marked with the group of its class."""
    return [
        pytest.param(name, marks=pytest.mark.group(f"mutants-{kind}"), id=name)
        for kind in kinds
        for name in names_of(kind)
    ]


def require_noticed(campaign: Campaign, name: str) -> None:
    """Fail with a sentence for the reviewer unless some test noticed the mutant."""
    if not campaign.noticed_by(name):
        pytest.fail(f"surviving mutant: {mutants.MUTANTS[name].flaw}{campaign.explain(name)}", pytrace=False)
