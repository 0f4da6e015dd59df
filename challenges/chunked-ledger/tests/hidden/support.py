"""What the groups share: ledgers whose contents the judge knows, one run of the candidate, and its files.

A row says itself what it is: the test that makes it bad names the reason, so the rules are not written
down a second time here. Figures are whole cents and fractions. Outside
`correctness` a number counts by its value, however it is written.
"""

import csv
import io
import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any

COLUMNS = ("event_id", "ts", "merchant", "country", "currency", "amount", "fee", "status", "note")
HEADER = "merchant,currency,month,n,gross,fees,mean,std_pop,max_amount,first_ts,last_ts,active_days"
OUT_COLUMNS = HEADER.split(",")
SIGNS = {"settled": 1, "refunded": -1}
OUT_BYTES = 16 << 20

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """One record. `bad` is the reason it must be reported with, None for a good one."""

    event_id: str
    ts: str
    merchant: str
    country: str = "NL"
    currency: str = "EUR"
    amount: str = "10.00"
    fee: str = "0.10"
    status: str = "settled"
    note: str = ""
    bad: str | None = None

    @property
    def counts(self) -> bool:
        return self.bad is None and self.status in SIGNS

    @property
    def cents(self) -> int:
        return SIGNS[self.status] * int(Decimal(self.amount) * 100)

    @property
    def key(self) -> Key:
        return self.merchant, self.currency, self.ts[:7]


@dataclass(frozen=True)
class Figures:
    """What one line of the output must say."""

    n: int
    cents: int
    fee_cents: int
    mean: Decimal
    std_pop: Decimal
    max_cents: int
    first_ts: str
    last_ts: str
    active_days: int


def rng_for(seed: int, scenario: str) -> random.Random:
    """A generator of a scenario's own, so that the order of tests changes nothing."""
    return random.Random(f"{seed}:{scenario}")


def money(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def moment(rng: random.Random, month: str = "2025-03", last_day: int = 28) -> str:
    day, hour, minute, second = rng.randint(1, last_day), *(rng.randrange(n) for n in (24, 60, 60))
    return f"{month}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def random_row(rng: random.Random, merchant: str, **fields: str) -> Row:
    row = Row(
        event_id=f"e-{rng.getrandbits(40):010x}",
        ts=moment(rng),
        merchant=merchant,
        country=rng.choice(("NL", "DE", "SE", "FR", "US")),
        amount=money(rng.randrange(100, 300_000)),
        fee=money(rng.randrange(1, 900)),
        note=rng.choice(("", "", "second order", "gift, wrapped", "paid in store")),
    )
    return replace(row, **fields)


def without_ties(rows: Iterable[Row]) -> list[Row]:
    """The same rows, a cent apart where a mean would lie halfway between two cents.

    Only `exactness` is about how ties are rounded.
    """
    rows = list(rows)
    for members in grouped(enumerate(rows)).values():
        total, n = sum(row.cents for _, row in members), len(members)
        if 2 * total % (2 * n) == n:
            index, row = members[-1]
            rows[index] = replace(row, amount=money(abs(row.cents) + 1))
    return rows


def grouped(rows: Iterable[tuple[int, Row]]) -> dict[Key, list[tuple[int, Row]]]:
    groups: dict[Key, list[tuple[int, Row]]] = {}
    for index, row in rows:
        if row.counts:
            groups.setdefault(row.key, []).append((index, row))
    return groups


def in_time_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.ts)


def figures(rows: Iterable[Row]) -> dict[Key, Figures]:
    """The groups that the rows make, in the order of the output."""
    found = {}
    for key, members in sorted(grouped(enumerate(rows)).items()):
        cents = [row.cents for _, row in members]
        n, total = len(cents), sum(cents)
        with localcontext(prec=60):
            spread = Decimal(n * sum(c * c for c in cents) - total * total).sqrt() / (100 * n)
        moments = sorted(row.ts for _, row in members)
        found[key] = Figures(
            n=n,
            cents=total,
            fee_cents=sum(int(Decimal(row.fee) * 100) for _, row in members),
            # round() of a Fraction takes a tie to the even neighbour.
            mean=Decimal(round(Fraction(total, n))) / 100,
            std_pop=spread,
            max_cents=max(cents),
            first_ts=moments[0],
            last_ts=moments[-1],
            active_days=len({ts[:10] for ts in moments}),
        )
    return found


@dataclass(frozen=True)
class Ledger:
    """A CSV file and the line on which each bad record starts."""

    data: bytes
    errors: list[tuple[int, str]]


def render(
    rows: Sequence[Row],
    *,
    columns: Sequence[str] = COLUMNS,
    extra: Mapping[str, str] | None = None,
    eol: str = "\n",
    bom: bool = False,
) -> Ledger:
    """Write the rows as CSV. `extra` are further columns with their value."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=eol)
    writer.writerow(columns)
    lines_so_far, errors = 1, []
    for row in rows:
        values = [extra[name] if extra and name in extra else getattr(row, name) for name in columns]
        writer.writerow(values)
        if row.bad is not None:
            errors.append((lines_so_far + 1, row.bad))
        lines_so_far += 1 + sum(value.count("\n") for value in values)
    text = out.getvalue()
    assert text.count("\n") == lines_so_far, "a line of the ledger was miscounted"
    return Ledger(text.encode("utf-8-sig" if bom else "utf-8"), errors)


@dataclass(frozen=True)
class Result:
    """How a run ended and what it left."""

    outcome: str
    exit_code: int | None
    out: bytes | None
    errors: bytes | None
    files: list[str]
    peak_bytes: int = 0
    stderr: bytes = field(repr=False, default=b"")

    def lines(self) -> list[list[str]]:
        """The output's records, header first. Fails the test when the run did not succeed."""
        assert self.outcome == "exited", f"the run did not end by itself: {self.outcome}"
        assert self.exit_code == 0, f"exit code {self.exit_code}"
        assert self.out is not None, "there is no --out file"
        return list(csv.reader(io.StringIO(self.out.decode("utf-8"), newline="")))

    def table(self) -> dict[Key, dict[str, str]]:
        """The output's rows by merchant, currency and month, in their order."""
        header, *records = self.lines()
        rows = [dict(zip(header, record, strict=True)) for record in records]
        table = {(row["merchant"], row["currency"], row["month"]): row for row in rows}
        assert len(table) == len(rows), "the output has two rows with the same key"
        return table

    def row(self, key: Key) -> dict[str, str]:
        table = self.table()
        assert key in table, f"the output has no row for {key}"
        return table[key]

    def error_lines(self) -> list[tuple[int, str]]:
        """(line, reason) of each reported row, in the order of the file."""
        assert self.exit_code == 0, f"exit code {self.exit_code}"
        assert self.errors is not None, "there is no --errors file"
        found = [json.loads(line) for line in self.errors.decode("utf-8").splitlines() if line.strip()]
        assert all(isinstance(item, dict) for item in found), "a line of the errors file is no JSON object"
        return [(item.get("line"), item.get("reason")) for item in found]


def number(text: str) -> Decimal:
    """A figure of the output; whatever is no number equals none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def cents_of(text: str) -> Decimal:
    return number(text) * 100


def assert_sums(result: Result, rows: Iterable[Row]) -> None:
    """The same groups with the same count, gross and fees: all that `dirt` asks of the output."""
    got = {
        key: (number(row["n"]), cents_of(row["gross"]), cents_of(row["fees"]))
        for key, row in result.table().items()
    }
    want = {key: (group.n, group.cents, group.fee_cents) for key, group in figures(rows).items()}
    assert got == want


def assert_deviation(text: str, want: Decimal) -> None:
    """Within a cent, or a billionth: it is the one figure that is not exact."""
    allowed = max(Decimal("0.01"), want / 10**9)
    assert abs(number(text) - want) <= allowed, f"std_pop is {text}, expected {want:.2f}"


def command(source: str, folder: str, chunk_rows: int | None) -> list[str]:
    argv = [
        "python",
        "-m",
        "ledger",
        source,
        "--out",
        f"{folder}/out.csv",
        "--errors",
        f"{folder}/errors.jsonl",
    ]
    return argv if chunk_rows is None else [*argv, "--chunk-rows", str(chunk_rows)]


def run_in(
    solution: Any,
    source: str,
    folder: str,
    *,
    chunk_rows: int | None = None,
    timeout: float | None = None,
    check: bool = False,
) -> Result:
    """Run the candidate once; `folder` exists and is where both files go."""
    completed = solution.run(command(source, folder, chunk_rows), timeout=timeout, check=check)
    return Result(
        outcome=completed.outcome,
        exit_code=completed.exit_code,
        out=read(solution, f"{folder}/out.csv"),
        errors=read(solution, f"{folder}/errors.jsonl"),
        files=solution.list(folder),
        peak_bytes=peak_of(completed),
        stderr=completed.stderr,
    )


def peak_of(completed: Any) -> int:
    """All memory of the run; the largest resident set where the transport cannot tell (locally)."""
    anonymous = getattr(completed, "peak_anon_bytes", None)
    return completed.peak_memory_bytes if anonymous is None else anonymous


def run_ledger(
    sandbox: Any,
    data: bytes,
    *,
    name: str = "input.csv",
    chunk_rows: int | None = None,
    timeout: float | None = None,
) -> Result:
    """A scenario of its own with one run over `data`."""
    with sandbox.scenario() as solution:
        folder = f"{solution.tmp_dir}/run"
        solution.put(f"{folder}/{name}", data)
        return run_in(solution, f"{folder}/{name}", folder, chunk_rows=chunk_rows, timeout=timeout)


def read(solution: Any, path: str) -> bytes | None:
    try:
        return solution.get(path, max_bytes=OUT_BYTES)
    except OSError:
        return None


def interleaved(rng: random.Random, *runs: Sequence[Row]) -> list[Row]:
    """All rows in random order."""
    rows = list(itertools.chain(*runs))
    rng.shuffle(rows)
    return rows
