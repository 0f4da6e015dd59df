"""Sixty wrong services, each the plain one with a small change. They never leave the judge.

A change is a list of (text, replacement); each text occurs exactly once in subjects/plain.py. Each mutant
breaks a sentence of README.md: the reference's tests notice all sixty (see DESIGN.md on how that is checked).
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PLAIN = Path(__file__).parent / "subjects" / "plain.py"

Change = tuple[str, str]


@dataclass(frozen=True)
class Mutant:
    """What a wrong service does, in words for a reviewer, and how it comes about."""

    flaw: str
    changes: tuple[Change, ...] = field(repr=False)


def mutant(flaw: str, *changes: Change) -> Mutant:
    return Mutant(flaw, changes)


SEATS_CHECK = "if not is_whole(seats) or seats < 1 or seats > MOST_SEATS:"
FREE_CHECK = "if seats > self.available():"
NEW_HOLD = "self._holds[new_id] = Hold(seats, customer, self._clock.now())"
FOUND = "hold = self._find(id)"
GROUP_CHECK = "if hold.seats >= GROUP_SEATS:"
DISCOUNT = "total -= total // 10"
CHARGE = "paid = self._gateway.charge(token, total)"
DECLINED = 'raise PaymentDeclined("the payment was declined")'
HOLD_ENDS = "        del self._holds[id]\n        self._sales[id]"
SALE = "self._sales[id] = Sale(hold.seats, hold.customer, total, hold.since)"
NOTICE = "self._tell(hold.customer, total)"
SALE_ENDS = "sale = self._sales.pop(id)"
REFUND = "self._tell(sale.customer, -sale.total)"
HOLD_CANCELLED = "            self._find(id)\n            del self._holds[id]"
UNKNOWN = 'raise UnknownHold("there is no such hold")'
EXPIRED = "if self._clock.now() >= hold.since + HOLD_SECONDS:"
HELD = "if now < hold.since + HOLD_SECONDS"
START = "self._last = 0"
INIT = "    def __init__(self, capacity"

BOUNDARY = [
    mutant("hold() gives one seat more than are free", (FREE_CHECK, "if seats > self.available() + 1:")),
    mutant("hold() refuses the last free seat", (FREE_CHECK, "if seats >= self.available():")),
    mutant("hold() accepts 0 seats", (SEATS_CHECK, "if not is_whole(seats) or seats < 0 or seats > 8:")),
    mutant("hold() accepts 9 seats", (SEATS_CHECK, "if not is_whole(seats) or seats < 1 or seats > 9:")),
    mutant("hold() refuses 8 seats", (SEATS_CHECK, "if not is_whole(seats) or seats < 1 or seats > 7:")),
    mutant("a service of capacity 0 can be made", ("capacity < 1:", "capacity < 0:")),
    mutant("a total of 1 cent is not charged", ("if total > 0:", "if total > 1:")),
    mutant("confirm() accepts a price of -1", ("price < 0:", "price < -1:")),
    mutant("the discount begins with 6 seats", (GROUP_CHECK, "if hold.seats > GROUP_SEATS:")),
    mutant("the discount begins with 4 seats", (GROUP_CHECK, "if hold.seats >= GROUP_SEATS - 1:")),
]

STATE = [
    mutant(
        "cancelling a hold does not give its seats back",
        (
            HOLD_CANCELLED,
            "            self._capacity -= self._find(id).seats\n            del self._holds[id]",
        ),
    ),
    mutant(
        "cancelling a confirmed reservation does not give its seats back",
        (SALE_ENDS, f"{SALE_ENDS}\n            self._capacity -= sale.seats"),
    ),
    mutant("confirmed seats are free again", ("- held - sold", "- held")),
    mutant(
        "a confirmed reservation also stays a hold, so its seats count twice",
        (HOLD_ENDS, "        self._sales[id]"),
    ),
    mutant(
        "confirming a second time charges a second time",
        (FOUND, "hold = self._sales.get(id) or self._find(id)"),
        (HOLD_ENDS, "        self._holds.pop(id, None)\n        self._sales[id]"),
    ),
    mutant(
        "cancelling a hold a second time is accepted silently",
        (START, f"{START}\n        self._gone = set()"),
        (
            HOLD_CANCELLED,
            f"            if id in self._gone:\n                return\n{HOLD_CANCELLED}\n"
            "            self._gone.add(id)",
        ),
    ),
    mutant(
        "two services share their holds",
        ("self._holds: dict[Any, Hold] = {}", "self._holds = self.shared_holds"),
        (INIT, f"    shared_holds: dict[Any, Any] = {{}}\n    numbers = iter(range(10**9))\n\n{INIT}"),
        ('new_id = f"h{self._last}"', 'new_id = f"h{next(self.numbers)}"'),
    ),
    mutant("available() counts holds, not seats", ("sum(hold.seats for hold", "sum(1 for hold")),
    mutant(
        "a refused hold keeps the seats that were left",
        (FREE_CHECK, f"{FREE_CHECK}\n            self._capacity -= self.available()"),
    ),
    mutant(
        "an id is given out again after a cancellation, and the new hold overwrites the other one",
        ("self._last += 1", "self._last = len(self._holds) + len(self._sales) + 1"),
    ),
    mutant(
        "a second hold of a customer replaces the first",
        (
            NEW_HOLD,
            "self._holds = {key: kept for key, kept in self._holds.items() if kept.customer != customer}"
            f"\n        {NEW_HOLD}",
        ),
    ),
    mutant(
        "a cancelled hold can still be confirmed",
        (START, f"{START}\n        self._gone: dict[Any, Hold] = {{}}"),
        (HOLD_CANCELLED, "            self._gone[id] = self._find(id)\n            del self._holds[id]"),
        (FOUND, "hold = self._gone.get(id) or self._find(id)"),
        (HOLD_ENDS, "        self._holds.pop(id, None)\n        self._sales[id]"),
    ),
]

INTERACTION = [
    mutant("confirm() never calls the gateway", (CHARGE, "paid = True")),
    mutant("confirm() charges twice", (CHARGE, f"{CHARGE} and self._gateway.charge(token, total)")),
    mutant(
        "the gateway is asked for the price of one seat",
        (CHARGE, "paid = self._gateway.charge(token, price)"),
    ),
    mutant(
        "an expired hold is charged before it is refused",
        (
            FOUND,
            "try:\n            hold = self._find(id)\n        except HoldExpired:\n            "
            "self._gateway.charge(token, self._holds[id].seats * price)\n            raise",
        ),
    ),
    mutant("a total of 0 is charged", ("if total > 0:", "if total >= 0:")),
    mutant("confirm() sends no notice", (f"        {NOTICE}\n", "")),
    mutant(
        "the notice of confirm() is sent before the payment",
        (CHARGE, f"{NOTICE}\n            {CHARGE}"),
        (f"{SALE}\n        {NOTICE}", f"{SALE}\n        if total == 0:\n            {NOTICE}"),
    ),
    mutant("the notice of confirm() is sent twice", (NOTICE, f"{NOTICE}\n        {NOTICE}")),
    mutant(
        "the notice of confirm() tells the price of one seat", (NOTICE, "self._tell(hold.customer, price)")
    ),
    mutant(
        "the notice of confirm() goes to whoever held seats last",
        (NEW_HOLD, f"{NEW_HOLD}\n        self._customer = customer"),
        (NOTICE, "self._tell(self._customer, total)"),
    ),
    mutant(
        "cancelling a mere hold sends a notice",
        (
            HOLD_CANCELLED,
            "            self._tell(self._find(id).customer, 0)\n            del self._holds[id]",
        ),
    ),
    mutant("cancelling a confirmed reservation sends no notice", (f"            {REFUND}\n", "")),
    mutant(
        "the notice of a cancellation tells a positive amount",
        (REFUND, "self._tell(sale.customer, sale.total)"),
    ),
    mutant(
        "the token reaches the gateway in lower case", (CHARGE, CHARGE.replace("token", "str(token).lower()"))
    ),
    mutant(
        "the seats are free while the payment runs",
        (
            CHARGE,
            f"del self._holds[id]\n            try:\n                {CHARGE}\n            finally:\n"
            "                self._holds[id] = hold",
        ),
    ),
]

ERRORS = [
    mutant("a declined payment counts as paid", ("if not paid:", "if paid is None:")),
    mutant(
        "a declined payment ends the hold", (DECLINED, f"del self._holds[id]\n                {DECLINED}")
    ),
    mutant(
        "an exception of the gateway becomes PaymentDeclined",
        (
            CHARGE,
            f"try:\n                {CHARGE}\n            except Exception:\n                paid = False",
        ),
    ),
    mutant(
        "an exception of the gateway ends the hold",
        (
            CHARGE,
            f"try:\n                {CHARGE}\n            except Exception:\n"
            "                del self._holds[id]\n                raise",
        ),
    ),
    mutant(
        "an exception of the notifier comes out of confirm()",
        (NOTICE, "self._notifier.send(hold.customer, total)"),
    ),
    mutant(
        "an exception of the notifier comes out of cancel()",
        (REFUND, "self._notifier.send(sale.customer, -sale.total)"),
    ),
    mutant("an unknown id is a KeyError", (UNKNOWN, "raise KeyError(id)")),
    mutant(
        "cancelling an id that never was is accepted silently",
        (START, f"{START}\n        self._given = set()"),
        (NEW_HOLD, f"{NEW_HOLD}\n        self._given.add(new_id)"),
        (HOLD_CANCELLED, f"            if id not in self._given:\n                return\n{HOLD_CANCELLED}"),
    ),
    mutant(
        "hold() accepts numbers of seats that are not whole",
        ("if not is_whole(seats)", "if not isinstance(seats, int | float)"),
    ),
    mutant("hold() accepts an empty customer", (' or customer == "":', ":")),
]

TIME = [
    mutant("a hold can be confirmed when its 600 seconds are over", (EXPIRED, EXPIRED.replace(">=", ">"))),
    mutant("a hold ends one second early", (EXPIRED, EXPIRED.replace(">= ", ">= -1 + "))),
    mutant(
        "the seats of an expired hold are free for one second and then taken again",
        (HELD, HELD.replace("<", "!=")),
    ),
    mutant("the seats of an expired hold come back one second late", (HELD, HELD.replace("<", "<="))),
    mutant(
        "a hold is refused in its 600th second only and can be confirmed again later",
        (EXPIRED, EXPIRED.replace(">=", "==")),
    ),
    mutant(
        "a declined payment starts the 600 seconds anew",
        (DECLINED, f"hold.since = self._clock.now()\n                {DECLINED}"),
    ),
    mutant(
        "a payment that outlasts the hold fails after it was taken",
        ("if not paid:", "self._find(id)\n            if not paid:"),
    ),
    mutant(
        "the seats of a confirmed reservation come back after 600 seconds",
        (
            "for sale in self._sales.values())",
            "for sale in self._sales.values() if now < sale.since + HOLD_SECONDS)",
        ),
    ),
]

ARITHMETIC = [
    mutant("only groups of exactly 5 seats get the discount", (GROUP_CHECK, GROUP_CHECK.replace(">=", "=="))),
    mutant("the discount is rounded up", (DISCOUNT, "total -= -(-total // 10)")),
    mutant("the discount is rounded for each seat", (DISCOUNT, "total -= hold.seats * (price // 10)")),
    mutant("the discount is rounded to the nearest cent", (DISCOUNT, "total -= (total + 5) // 10")),
    mutant(
        "only the fifth seat and later ones are discounted",
        (DISCOUNT, "total -= (hold.seats - 4) * price // 10"),
    ),
]

CLASSES = {
    "boundary": BOUNDARY,
    "state": STATE,
    "interaction": INTERACTION,
    "errors": ERRORS,
    "time": TIME,
    "arithmetic": ARITHMETIC,
}

MUTANTS: dict[str, Mutant] = {
    f"mutant-{kind}-{number:02}": entry
    for kind, entries in CLASSES.items()
    for number, entry in enumerate(entries, start=1)
}


def patched(text: str, changes: tuple[Change, ...]) -> str:
    """The text with every change made. Raises ValueError where one does not fit exactly once."""
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} occurs {text.count(old)} times")
        text = text.replace(old, new)
    return text


@cache
def source_of(name: str) -> str:
    """The program text of a mutant."""
    return patched(PLAIN.read_text("utf-8"), MUTANTS[name].changes)
