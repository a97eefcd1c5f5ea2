"""The table of what a run has recorded. report.py FILE.json prints it."""

import json
import sys

# How many times as fast as the fastest peer the project means to be.
AIMS = {
    "w1-train-32": 4, "w1-infer-1": 20, "w2-train-128": 1.4, "w2-infer-1": 1.2, "w2-infer-128": 1.05, "w3-train-32": 4,
    "w3-infer-1": 1.3, "w3-infer-32": 1.4, "w4-train-32": 3, "w4-infer-1": 2, "w4-infer-32": 2, "w5-train-64": 1.25,
    "w5-infer-1": 1.3, "w5-infer-64": 1.3, "w6-train-8": 1.25, "w6-infer-1": 1.3, "w7-train-16": 1.8, "w7-infer-1": 1.2,
    "w8-train-16": 1.3, "w8-infer-1": 1.5,
}


def table(heads, lines):
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    for line in lines:
        yield "| " + " | ".join(line) + " |"


def time_of(milliseconds):
    if milliseconds is None:
        return ""
    digits = 6 if milliseconds < 0.01 else 4 if milliseconds < 1 else 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:.{digits}f}"


def ratio(turns):
    """How many times as fast as this peer, each by its best turn of those that they took alternately."""
    return turns["min_ms"] / turns["ours_min_ms"]


def line_of(cell, record, peaks):
    """A line of the main table."""
    ours, peers = cell["ours"], cell["peers"]
    share = ours["flops"] / ours["min_ms"] * 1e-6 / peaks["fma_gflops"] if peaks else 0
    line = [cell["cell"], time_of(ours["min_ms"]), time_of(ours["median_ms"]), f"{100 * share:.0f} %" if peaks else "", f"{ours['rss_mb']:.0f}"]
    if not peers:
        return line + ["", "", "", "", ""]
    name = min(peers, key=lambda name: ratio(peers[name]))
    fastest = peers[name]
    found, aim = ratio(fastest), AIMS[cell["cell"]]
    verdict = "" if found < 1 else " *" if found < aim else " **"
    return line + [name, time_of(fastest["min_ms"]), f"{found:.2f}{verdict}", f"{aim:g}", f"{fastest['rss_mb']:.0f}"]


def text(record):
    machine = record["machine"]
    yield f"# Benchmarks\n\n{machine['processor']}, {machine['processors']} processors. " + ", ".join(
        f"{name} {version}" for name, version in sorted(record["versions"].items()))
    yield "\nTimes in milliseconds. Each peer takes turns with the program of dlc, and `times` is its best turn over the best of the program"
    yield "beside it, for the peer that comes closest: * at least as fast, ** at the aim. Share: of the peak of multiply-adds below.\n"
    yield from table(
        ["threads", "multiply-add GFLOP/s", "sgemm 1024 GFLOP/s", "memory GB/s", "last cache GB/s"],
        [[threads, *(f"{peak[key]:.0f}" for key in ("fma_gflops", "sgemm_gflops", "memory_gbs", "cache_gbs"))]
         for threads, peak in machine["peaks"].items()])
    for threads in sorted({cell["threads"] for cell in record["cells"]}, reverse=True):
        cells = [cell for cell in record["cells"] if cell["threads"] == threads]
        yield f"\n## {threads} thread{'s' if threads > 1 else ''}\n"
        yield from table(
            ["cell", "dlc", "median", "share", "RSS MB", "fastest peer", "its time", "times", "aim", "its RSS MB"],
            [line_of(cell, record, machine["peaks"].get(str(threads))) for cell in cells])
        names = sorted({name for cell in cells for name in cell["peers"]})
        yield "\nEvery peer's best time:\n"
        yield from table(
            ["cell", "dlc", *names],
            [[cell["cell"], time_of(cell["ours"]["min_ms"]), *(time_of(cell["peers"].get(name, {}).get("min_ms")) for name in names)]
             for cell in cells])
    if record["starts"]:
        yield "\n## From the start of the process to the first prediction of one row, ms\n"
        names = sorted({name for start in record["starts"].values() for name in start} - {"dlc"})
        yield from table(["model", "dlc", *names], [
            [key, *(time_of(start.get(name)) for name in ["dlc", *names])] for key, start in record["starts"].items()])
    if record["compiles"]:
        yield "\n## dlc compile, seconds\n"
        yield from table(["model", "--emit c", "with the C compiler"], [
            [key, f"{seconds['c']:.2f}", f"{seconds['executable']:.2f}"] for key, seconds in record["compiles"].items()])
    for reason in record["missing"]:
        yield f"\n- {reason}"


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print("\n".join(text(json.load(file))))
