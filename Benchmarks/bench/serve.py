"""One peer with one workload in a process of its own, which lives as long as its turns.

serve.py PEER VARIANT WORKLOAD THREADS: predicts one row, says so on stdout, then answers each line `CELL SECONDS` of stdin with
the times of its calls in that many seconds. Answers are JSON; whatever else a framework prints to stdout goes to stderr.
"""

import importlib
import json
import os
import sys
import time

from workloads import Cell


def peak_rss_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def warm(call):
    """Compiles, and fills caches."""
    start, calls = time.perf_counter(), 0
    while calls < 2 or (calls < 50 and time.perf_counter() - start < 0.3):
        call()
        calls += 1


def measure(call, seconds):
    times, end = [], time.perf_counter() + seconds
    while len(times) < 2 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return sorted(times)


def main():
    peer, variant, key, threads = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    say = lambda **answer: print(json.dumps(answer), file=answers, flush=True)

    module = importlib.import_module(f"peer_{peer}")
    contestant = module.Contestant(key, variant, int(threads))
    ready = {}
    if contestant.infers:
        ready[Cell(key, "infer", 1)] = call = contestant.prepare("infer", 1)
        call()
    say(version=module.VERSION, infers=contestant.infers, trains=contestant.trains)
    for line in sys.stdin:
        name, seconds = line.split()
        cell = Cell.parse(name)
        if float(seconds) == 0:
            ready[cell] = ready.get(cell) or contestant.prepare(cell.mode, cell.batch)
            warm(ready[cell])
            say(rss_mb=peak_rss_mb())
        else:
            times = measure(ready[cell], float(seconds))
            # A call may be many steps.
            milliseconds = 1e3 / getattr(ready[cell], "steps", 1)
            say(min_ms=times[0] * milliseconds, median_ms=times[len(times) // 2] * milliseconds, rss_mb=peak_rss_mb())


if __name__ == "__main__":
    main()
