"""From turns to figures: medians, quartiles, paired ratios, and tables of them. Nothing here measures."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

MIB = 1 << 20


@dataclass(frozen=True)
class Turn:
    """One way's turn in one round: it grades what every other way grades."""

    way: str
    round: int
    walls: Mapping[str, float]
    """Seconds of each grading, by submission."""

    elapsed_s: float
    """The whole turn."""

    gradings: int
    """All that ran in it; a turn may need more than it times."""

    cpu_s: float
    """Processes on the host and all that runs in containers."""

    machine_cpu_s: float
    """Everything on the machine but this measurement: the engine, too."""

    reported: Mapping[str, float] = field(default_factory=dict)
    """Seconds of each grading by the program's own word, where it has one."""

    @property
    def rate(self) -> float:
        """Gradings a minute."""
        return 60.0 * self.gradings / self.elapsed_s


@dataclass(frozen=True)
class Spread:
    """A median with its quartiles and its ends."""

    median: float
    low: float
    high: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Raises ValueError when there is none."""
        found = sorted(values)
        if not found:
            raise ValueError("nothing was measured")
        if len(found) == 1:
            low = high = found[0]
        else:
            low, _, high = statistics.quantiles(found, n=4, method="inclusive")
        return cls(statistics.median(found), low, high, found[0], found[-1], len(found))

    def text(self, digits: int) -> str:
        return f"{self.median:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


@dataclass(frozen=True)
class Target:
    """What a ratio should come to."""

    name: str
    way: str
    over: str
    by: str
    """`wall`: time of the same submissions; `reported`: that by the reports; `rate`: gradings a minute."""

    at: float | None
    """`None` where there is no target; a ratio of times should not be above it, one of rates not below."""

    def met(self, ratio: float) -> bool:
        if self.at is None:
            return True
        return ratio >= self.at if self.by == "rate" else ratio <= self.at


TARGETS = (
    Target("one cold grading, over one `docker run`", "cold", "docker", "wall", 1.0),
    Target("submission in hand to verdict, warm, over one `docker run`", "warm", "docker", "wall", 0.2),
    Target("the same by the reports' own clock", "warm", "docker", "reported", None),
    Target("gradings a minute of a batch, over `docker run` two at a time", "batch", "docker-2", "rate", 3.0),
    Target("one `docker run`, over pytest on the host", "docker", "pytest", "wall", None),
)


def paired(turns: Sequence[Turn], target: Target) -> list[float]:
    """The ratio in each round that has both ways, in the order of rounds."""
    by_round: dict[int, dict[str, Turn]] = {}
    for turn in turns:
        by_round.setdefault(turn.round, {})[turn.way] = turn
    ratios = [
        _ratio(ways[target.way], ways[target.over], target.by)
        for _, ways in sorted(by_round.items())
        if target.way in ways and target.over in ways
    ]
    return [ratio for ratio in ratios if ratio is not None]


def _ratio(turn: Turn, over: Turn, by: str) -> float | None:
    if by == "rate":
        return turn.rate / over.rate
    walls = turn.reported if by == "reported" else turn.walls
    # The same submissions on both sides: right and wrong ones take their time each.
    names = walls.keys() & over.walls.keys()
    if not names:
        return None
    return sum(walls[name] for name in names) / sum(over.walls[name] for name in names)


@dataclass(frozen=True)
class Row:
    """What one way costs."""

    way: str
    wall_s: Spread
    rate: Spread
    cpu_s: Spread
    machine_cpu_s: Spread
    memory_bytes: int | None


def rows(turns: Sequence[Turn], ways: Iterable[str], memory: Mapping[str, int | None]) -> list[Row]:
    """A row for each way that had a turn, in that order."""
    table = []
    for way in ways:
        own = [turn for turn in turns if turn.way == way]
        if own:
            walls = [wall for turn in own for wall in turn.walls.values()]
            each = [(turn, turn.gradings) for turn in own]
            table.append(
                Row(
                    way=way,
                    wall_s=Spread.of(walls),
                    rate=Spread.of(turn.rate for turn in own),
                    cpu_s=Spread.of(turn.cpu_s / count for turn, count in each),
                    machine_cpu_s=Spread.of(turn.machine_cpu_s / count for turn, count in each),
                    memory_bytes=memory.get(way),
                )
            )
    return table


def table(found: Sequence[Row], names: Mapping[str, str]) -> list[str]:
    """Rows as a table in Markdown, which a terminal shows as well."""
    head = ("way", "one grading, s", "gradings a minute", "CPU s a grading", "with the engine", "peak, MiB")
    lines = []
    for row in found:
        memory = "" if row.memory_bytes is None else f"{row.memory_bytes / MIB:.0f}"
        figures = (row.wall_s.text(2), row.rate.text(1), row.cpu_s.text(2), row.machine_cpu_s.text(2))
        lines.append((names[row.way], *figures, memory))
    return markdown(head, lines)


def ratio_table(turns: Sequence[Turn]) -> list[str]:
    """Each ratio with its target, over the rounds."""
    head = ("ratio, paired by round", "target", "median (quartiles)", "range", "rounds", "met")
    lines = []
    for target in TARGETS:
        ratios = paired(turns, target)
        if not ratios:
            continue
        spread = Spread.of(ratios)
        sign = "at least" if target.by == "rate" else "at most"
        at = "" if target.at is None else f"{sign} {target.at:.1f}"
        met = "" if target.at is None else ("yes" if target.met(spread.median) else "no")
        ends = f"{spread.least:.2f} to {spread.most:.2f}"
        lines.append((target.name, at, spread.text(2), ends, str(spread.count), met))
    return markdown(head, lines)


def as_json(turns: Sequence[Turn], found: Sequence[Row]) -> dict[str, object]:
    """All of it, raw turns too, so that every figure can be computed again."""
    return {
        "ways": [asdict(row) for row in found],
        "ratios": [
            {**asdict(target), "rounds": ratios, "spread": asdict(Spread.of(ratios))}
            for target in TARGETS
            if (ratios := paired(turns, target))
        ],
        "turns": [asdict(turn) for turn in turns],
    }


def markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """A table with aligned columns; every one but the first is a figure."""
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    out = []
    for first, *others in [head, rule, *lines]:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        out.append("| " + " | ".join([first.ljust(widths[0]), *cells]) + " |")
    return out


def replaced(text: str, marker: str, lines: Sequence[str]) -> str:
    """`text` with `lines` between its two comments of that name. Raises ValueError when one is missing."""
    begin, end = f"<!-- {marker}:begin -->\n", f"<!-- {marker}:end -->"
    head, found, rest = text.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found or not found_end:
        raise ValueError(f"there is no {begin.strip()} … {end} in the page")
    return head + begin + "\n".join(lines) + "\n" + end + tail
