"""Runs one fuzz target: its kept seeds first, then inputs made of them, until there were enough.

A few hundred in a usual run; for N seconds with TAKEHOME_FUZZ_SECONDS=N. What fails is kept in target/fuzz
and comes first the next time, as in tests/fuzz/harness.rs.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st

_ROOT = Path(__file__).parents[2]
_SEEDS = Path(__file__).parent / "seeds"
_FINDINGS = _ROOT / "target" / "fuzz"
_EXAMPLES = 200
_BATCH = 1_000
_MAX_BYTES = 16 << 10
_NUMBERS = (0, 1, 2, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)

Check = Callable[[bytes], object]


def fuzz(
    name: str,
    check: Check,
    *,
    words: Sequence[bytes] = (),
    as_json: bool = False,
    more: st.SearchStrategy[bytes] | None = None,
    seeds: str = "",
) -> None:
    """Give `check` the seeds of tests/python/seeds/NAME and what can be made of them; it raises on a finding.

    `seeds` is the folder's name where that is not the target's.
    `words` are pieces of the format to put in. With `as_json` the seeds are JSON documents, one a line, whose
    nodes are changed as well. `more` makes inputs from nothing.
    """
    target = _Target(f"python-{name}", seeds or name, check)
    corpus = [path.read_bytes() for path in target.seeds]
    # Numbers, since hypothesis keeps a text of whatever a strategy chooses from.
    number, entropy = st.integers(0, len(corpus) - 1), st.binary(max_size=48)
    inputs = st.builds(lambda seed, how: _changed(corpus[seed], how, corpus, words), number, entropy)
    if as_json:
        inputs |= st.builds(lambda seed, how: _changed_json(corpus[seed], how), number, entropy)
    if more is not None:
        inputs |= more
    target.run(inputs)


class _Target:
    def __init__(self, label: str, folder: str, check: Check) -> None:
        self._label = label
        self._check = check
        self._executions = 0
        self._failing = b""
        _FINDINGS.mkdir(parents=True, exist_ok=True)
        self._running = _FINDINGS / f"{label}-running.bin"
        self._seeds = _SEEDS / folder
        kept = sorted(path for path in self._seeds.iterdir())
        self.seeds = [*sorted(_FINDINGS.glob(f"{label}-*.bin")), *kept]
        assert kept, f"{label} has no seeds"

    def run(self, inputs: st.SearchStrategy[bytes]) -> None:
        seconds = int(os.environ.get("TAKEHOME_FUZZ_SECONDS", "0"))
        give_up = time.monotonic() + seconds
        # What is left of it is the input of a run that was aborted or never ended.
        with self._running.open("r+b" if self._running.exists() else "w+b", buffering=0) as running:
            for path in self.seeds:
                try:
                    self._execute(running.fileno(), path.read_bytes())
                except BaseException as error:
                    raise AssertionError(f"this seed fails: {path}") from error
            while True:
                self._batch(running.fileno(), inputs, _BATCH if seconds else _EXAMPLES)
                if time.monotonic() >= give_up:
                    break
        self._running.unlink()
        if seconds:
            print(f"{self._label}: {self._executions} executions in {seconds} s")

    def _batch(self, running: int, inputs: st.SearchStrategy[bytes], count: int) -> None:
        @hypothesis.seed(random.getrandbits(64))
        @hypothesis.settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        )
        @hypothesis.given(inputs)
        def batch(data: bytes) -> None:
            try:
                self._execute(running, data)
            except BaseException:
                self._failing = data
                raise

        try:
            batch()
        except BaseException as error:
            raise AssertionError(self._keep(self._failing)) from error

    def _execute(self, running: int, data: bytes) -> None:
        self._executions += 1
        os.ftruncate(running, len(data))
        os.pwrite(running, data, 0)
        try:
            self._check(data)
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:  # hypothesis shrinks ordinary exceptions only
            raise AssertionError(f"{type(error).__name__}: {error}") from error

    def _keep(self, data: bytes) -> str:
        path = _FINDINGS / f"{self._label}-{hashlib.sha256(data).hexdigest()[:12]}.bin"
        path.write_bytes(data)
        shown = repr(data[:2_000])
        kept, seeds = path.relative_to(_ROOT), self._seeds.relative_to(_ROOT)
        return (
            f"{len(data)} bytes do this: {shown}\n"
            f"They are in {kept}; once it is repaired, move them to {seeds}/"
        )


def _steps(entropy: bytes) -> list[tuple[int, int, int, int]]:
    """Kind, place, other place and value of each change."""
    steps = []
    for start in range(0, len(entropy) - 7, 8):
        step = entropy[start : start + 8]
        places = int.from_bytes(step[1:3], "big"), int.from_bytes(step[3:5], "big")
        steps.append((step[0], *places, int.from_bytes(step[5:8], "big")))
    return steps


def _changed(seed: bytes, entropy: bytes, corpus: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    data = bytearray(seed)
    for kind, place, other, value in _steps(entropy):
        at = place % (len(data) + 1)
        end = min(len(data), at + 1 + other % 64)
        match kind % 10:
            case 0:
                data[at:end] = b""
            case 1:
                data[at:at] = bytes(data[at:end]) * (1 + value % 8)
            case 2:
                data[at:] = b""
            case 3:
                data[at:at] = bytes([value % 256])
            case 4 if at < len(data):
                data[at] ^= 1 << value % 8
            case 5:
                number = _NUMBERS[value % len(_NUMBERS)] + other % 3
                field = (number % (1 << 64)).to_bytes(8, "big")[8 - (1 << value // 16 % 4) :]
                data[at : at + len(field)] = field
            case 6 | 7 | 8 if words:
                word = words[value % len(words)]
                data[at : at + (len(word) if other % 2 else 0)] = word
            case _:
                donor = corpus[value % len(corpus)]
                data[at:] = donor[other % (len(donor) + 1) :]
        del data[_MAX_BYTES:]
    return bytes(data)


def _changed_json(seed: bytes, entropy: bytes) -> bytes:
    lines = seed.decode("utf-8", "replace").splitlines()
    for kind, place, other, value in _steps(entropy):
        if not lines:
            break
        at = place % len(lines)
        if kind % 8 == 0:
            lines.insert(other % len(lines), lines[at])
        elif kind % 8 == 1:
            del lines[at]
        else:
            try:
                tree = json.loads(lines[at])
            except (ValueError, RecursionError):
                continue
            places = list(_places(tree))
            lines[at] = json.dumps(_replaced(tree, places[other % len(places)], value))
    return "\n".join(lines).encode()


def _places(tree: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    if isinstance(tree, (list, dict)):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield from _places(tree[key], (*path, key))


def _replaced(tree: Any, path: tuple[Any, ...], value: int) -> Any:
    if not path:
        return _other(tree, value)
    tree[path[0]] = _replaced(tree[path[0]], path[1:], value)
    return tree


def _other(tree: Any, value: int) -> Any:
    kind, which = value % 16, value // 16
    if kind < 4 and isinstance(tree, list):
        cut = which % (len(tree) + 1)
        return [tree[:cut], tree[cut:], tree + tree[cut:], [*tree[:cut], tree]][kind]
    if kind < 4 and isinstance(tree, dict):
        keys = list(tree)
        return {key: tree[key] for key in keys if key != keys[which % len(keys)]} if keys else {"more": which}
    scalars = (None, True, 1, -1, 0.5, "", "x" * 50, "\ud800", "\0\n\x1b[2J", 1e308, -0.0, 2**53 + 1, 10**400)
    if kind < 10:
        return scalars[which % len(scalars)]
    if kind < 12:
        return _NUMBERS[which % len(_NUMBERS)]
    if kind == 12:
        return [tree]
    if kind == 13:
        return {"a": tree}
    if kind == 14:
        return ["dict", tree, tree]
    return ["list", *[tree] * (which % 5)]
