"""How long the team's pages take with many invitations and many readers at once; needs Debian's `wrk`.

    python scripts/load_portal.py target/release/takehome [--invitations 10000] [--gradings 100000]

Fills a home, serves it, signs in, and lets 50 connections read one kind of page after another as fast as it
answers. Prints requests a second and percentiles; exits with 1 when a page's 95th percentile is above --most.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from portal_home import Home, Member, Portal

SCRIPT = """
local paths = {%s}
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency)
  local errors = summary.errors
  local form = '{"requests": %%d, "seconds": %%.3f, "bad": %%d, "p50": %%.1f, "p95": %%.1f, "p99": %%.1f}\\n'
  io.write(string.format(form,
    summary.requests, summary.duration / 1e6, errors.status + errors.connect + errors.read + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
"""


def load(portal: Portal, cookie: str, paths: list[str], connections: int, seconds: int) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % ", ".join(json.dumps(path) for path in paths))
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script.name]
        command += ["-H", f"Cookie: {cookie}", portal.url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said.strip().splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--invitations", type=int, default=10_000)
    parser.add_argument("--gradings", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--most", type=float, default=50.0, help="milliseconds")
    args = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), args.program.resolve())
        codes = home.fill(args.invitations, args.gradings)
        graded = [code for at, code in enumerate(codes) if at % 5]
        portal = Portal(home)
        try:
            root = Member(portal)
            root.set_up(portal.link, name="Root", mail="root@team.example.org")
            cookie = "; ".join(f"{one.name}={one.value}" for one in root.jar)
            pages = {
                "list, first page": ["/team"],
                "list, pages to the last": [f"/team?page={n}" for n in range(1, args.invitations // 25, 37)],
                "list, one state": ["/team?state=graded", "/team?state=invited", "/team?state=expired"],
                "list, by score": ["/team?order=score"],
                "list, search": ["/team?q=person77", "/team?q=Candidate%209"],
                "result": [f"/team/i/{code}" for code in graded[40:4040:7]],
                "code": [f"/team/i/{code}/code" for code in graded[:30]],
            }
            print(f"{args.invitations} invitations, {args.gradings} gradings, {args.connections} readers")
            for name, paths in pages.items():
                load(portal, cookie, paths, args.connections, 1)
                got = load(portal, cookie, paths, args.connections, args.seconds)
                rate = got["requests"] / got["seconds"]
                late = got["p95"] > args.most or got["bad"] > 0
                bad += late
                print(
                    f"{name:26} {rate:7.0f}/s  p50 {got['p50']:6.1f}  p95 {got['p95']:6.1f}"
                    f"  p99 {got['p99']:6.1f} ms  {got['bad']} failed{'  TOO SLOW' if late else ''}",
                    flush=True,
                )
        finally:
            portal.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
