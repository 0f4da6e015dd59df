"""A clean ledger of any size, to see how memory grows:

python tests/visible/large_file.py 300 > large.csv
/usr/bin/time -v python -m ledger large.csv --out out.csv --errors errors.jsonl
"""

import random
import sys


def main() -> None:
    megabytes = int(sys.argv[1])
    rng = random.Random(1)
    written = sys.stdout.write("event_id,ts,merchant,country,currency,amount,fee,status,note\n")
    number = 0
    while written < megabytes * 1_000_000:
        number += 1
        day, hour, second = rng.randrange(1, 29), rng.randrange(24), rng.randrange(60)
        written += sys.stdout.write(
            f"evt-{number:011},2025-{rng.randrange(1, 7):02}-{day:02}T{hour:02}:07:{second:02}Z,"
            f"Merchant {rng.randrange(60):03} BV,NL,{rng.choice(('EUR', 'USD'))},"
            f"{rng.randrange(9000)}.{rng.randrange(100):02},0.{rng.randrange(100):02},settled,"
            f'"{"a note, of some length; " * rng.randrange(4, 9)}"\n'
        )


if __name__ == "__main__":
    main()
