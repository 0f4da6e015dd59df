"""Eight services that all do what README.md says, and differ in everything that it leaves open."""

from functools import cache
from pathlib import Path

from mutants import PLAIN, Change, patched

SUBJECTS = Path(__file__).parent / "subjects"

OTHER_IDS: tuple[Change, ...] = (
    ("from typing import Any\n", "from typing import Any\nfrom uuid import uuid4\n"),
    ('new_id = f"h{self._last}"', "new_id = str(uuid4())"),
)

OTHER_TEXTS: tuple[Change, ...] = (
    ('"capacity must be a whole number from 1"', '"Kapazität: ab 1"'),
    ('"seats must be a whole number from 1 to 8"', '"E-17", seats'),
    ('"customer must be a string that is not empty"', ""),
    ('"too few seats are free"', '{"wanted": seats}'),
    ('"price must be a whole number from 0"', '"bad amount: %r" % (price,)'),
    ('"the payment was declined"', ""),
    ('"there is no such hold"', "404"),
    ('"the hold has expired"', "id, hold.since"),
)

SUBCLASSES: tuple[Change, ...] = (
    (
        "\n\n@dataclass\nclass Hold:",
        "\n\nclass SoldOut(SeatTaken): ...\n\n\nclass TooLate(HoldExpired): ...\n\n\n"
        "class NoSuchHold(UnknownHold): ...\n\n\nclass CardRefused(PaymentDeclined): ...\n\n\n"
        "class BadArgument(ValueError): ...\n\n\n@dataclass\nclass Hold:",
    ),
    ("raise SeatTaken(", "raise SoldOut("),
    ("raise HoldExpired(", "raise TooLate("),
    ("raise UnknownHold(", "raise NoSuchHold("),
    ("raise PaymentDeclined(", "raise CardRefused("),
    ('raise ValueError("capacity', 'raise BadArgument("capacity'),
    ('raise ValueError("seats', 'raise BadArgument("seats'),
    ('raise ValueError("customer', 'raise BadArgument("customer'),
    ('raise ValueError("price', 'raise BadArgument("price'),
)

MORE_CLOCK_READS: tuple[Change, ...] = (
    ("self._last = 0", "self._last = 0\n        self._opened = clock.now()"),
    ("        now = self._clock.now()\n", "        now = max(self._clock.now(), self._clock.now())\n"),
    ("self._last += 1", "self._last += 1\n        self._asked = self._clock.now()"),
    ("total = hold.seats * price", "total = hold.seats * price\n        self._asked = self._clock.now()"),
    (
        "        if id in self._sales:",
        "        self._asked = self._clock.now()\n        if id in self._sales:",
    ),
    ("        return total\n", "        self._asked = self._clock.now()\n        return total\n"),
)

OTHER_ORDER: tuple[Change, ...] = (
    (
        "        if not is_whole(seats) or seats < 1",
        "        if is_whole(seats) and seats > self.available():\n"
        '            raise SeatTaken("first of all")\n'
        "        if not is_whole(seats) or seats < 1",
    ),
    (
        "        if not is_whole(price) or price < 0:\n"
        '            raise ValueError("price must be a whole number from 0")\n'
        "        hold = self._find(id)\n",
        "        hold = self._find(id)\n"
        "        if not is_whole(price) or price < 0:\n"
        '            raise ValueError("price must be a whole number from 0")\n',
    ),
    (
        "        self._sales[id] = Sale(hold.seats, hold.customer, total, hold.since)\n"
        "        self._tell(hold.customer, total)\n",
        "        self._tell(hold.customer, total)\n"
        "        self._sales[id] = Sale(hold.seats, hold.customer, total, hold.since)\n",
    ),
)

# Numbers only: what a variant is like must not be read off the name of a test.
VARIANTS: dict[str, Path | tuple[Change, ...]] = {
    "variant-1": (),
    "variant-2": OTHER_IDS,
    "variant-3": OTHER_TEXTS,
    "variant-4": SUBCLASSES,
    "variant-5": MORE_CLOCK_READS,
    "variant-6": OTHER_ORDER,
    "variant-7": SUBJECTS / "sweeping.py",
    "variant-8": SUBJECTS / "ledger.py",
}

DIFFERENCES = {
    "variant-1": "the plain one",
    "variant-2": "ids are UUIDs",
    "variant-3": "exceptions carry other texts or none",
    "variant-4": "raises subclasses of the exceptions",
    "variant-5": "reads the clock more often",
    "variant-6": "checks in another order, notes the sale after the notice",
    "variant-7": "removes expired holds eagerly; ids are numbers; other names inside",
    "variant-8": "keeps a list of events and no other state",
}

# What any test suite notices that looks at results at all.
GROSS_FAULTS: dict[str, tuple[Change, ...]] = {
    "holding takes no seats": (("- held - sold", "- sold"),),
    "confirm() returns nothing and charges nothing": (
        ("        if total > 0:\n", "        if total < 0:\n"),
        ("        return total\n", "        return None\n"),
    ),
}


@cache
def source_of(name: str) -> str:
    """The program text of a variant."""
    made = VARIANTS[name]
    return made.read_text("utf-8") if isinstance(made, Path) else patched(PLAIN.read_text("utf-8"), made)


@cache
def gross_source(name: str) -> str:
    """The program text of a gross fault."""
    return patched(PLAIN.read_text("utf-8"), GROSS_FAULTS[name])
