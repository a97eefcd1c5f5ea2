"""Times the programs that dlc makes of Benchmarks/models beside what frameworks make of the same networks.

`make bench` installs the peers and runs this. Results: bench.json and bench.md in the folder, and the table on stdout.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import machine
import report
from contestants import Failure, Peer, Place, Program, export, variants
from start import first_prediction
from workloads import WORKLOADS, cells

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEERS = ["torch", "keras", "jax", "ort", "openvino"]
ROUNDS = 4


def words(text):
    return [word for word in text.replace(",", " ").split() if word != "none"]


def parse():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", type=words, default=[], help="cells, by the beginning of their names: w3, w5-train, w2-infer-1")
    parser.add_argument("--peers", type=words, default=PEERS, help="some of " + " ".join(PEERS) + ", with a variant as in torch/eager; or none")
    parser.add_argument("--threads", type=words, default=["2", "1"], help="2, 1 or both")
    parser.add_argument("--seconds", type=float, default=1, help="of each contestant for a cell")
    parser.add_argument("--no-compile", action="store_true", help="take the programs of the last run")
    parser.add_argument("--dlc", default=ROOT / ".build/release/dlc", type=pathlib.Path)
    parser.add_argument("--python", default=ROOT / "build/peers/bin/python", type=pathlib.Path, help="that has the peers")
    parser.add_argument("--folder", default=ROOT / "build/bench", type=pathlib.Path, help="for programs, caches and results")
    given = parser.parse_args()
    given.threads = list(map(int, given.threads))
    given.cells = cells(given.only)
    if not given.cells:
        parser.error(f"no cell begins with {' '.join(given.only)}; there are {' '.join(map(str, cells([])))}")
    return given


def compile_model(given, key):
    """How long it takes to make the C, and with the C compiler, in seconds."""
    seconds, folder = {}, given.folder / "programs" / key
    for emission in "c", "executable":
        start = time.perf_counter()
        subprocess.run(
            [given.dlc, "compile", ROOT / f"Benchmarks/models/{key}.swift", "-o", folder, "--emit", emission], check=True, capture_output=True)
        seconds[emission] = time.perf_counter() - start
    return seconds


def alternate(program, peer, cell, seconds):
    """Both take turns; the turns of each are one result: the best time and the median of medians."""
    turns = {program: [], peer: []}
    end = time.perf_counter() + 8 * seconds
    for number in range(ROUNDS):
        if number >= 2 and time.perf_counter() > end:
            break
        for contestant in turns:
            turns[contestant].append(contestant.turn(cell, seconds / ROUNDS))
    best = lambda who: min(turn["min_ms"] for turn in turns[who])
    median = lambda who: statistics.median(turn["median_ms"] for turn in turns[who])
    return {
        "min_ms": best(peer), "median_ms": median(peer), "rss_mb": turns[peer][-1]["rss_mb"],
        "ours_min_ms": best(program), "ours_median_ms": median(program)}


def alone(program, cell, seconds):
    turns = [program.turn(cell, seconds / ROUNDS) for _ in range(ROUNDS)]
    return {
        "min_ms": min(turn["min_ms"] for turn in turns), "median_ms": statistics.median(turn["median_ms"] for turn in turns),
        "rss_mb": turns[-1]["rss_mb"], "flops": program.flops}


class Run:
    def __init__(self, given):
        self.given, self.place = given, Place(ROOT, given.folder, str(given.python))
        self.record = {
            "machine": {
                "processor": machine.processor(), "processors": os.cpu_count(), "peaks": machine.peaks(given.folder, given.threads)},
            "versions": {}, "cells": [], "starts": {}, "compiles": {}, "missing": []}

    def miss(self, reason):
        if str(reason) not in self.record["missing"]:
            self.record["missing"].append(str(reason))
            print(f"  {reason}", file=sys.stderr, flush=True)

    def contestants(self, key):
        """(peer, variant)"""
        for wanted in self.given.peers:
            peer, _, only = wanted.partition("/")
            for variant in variants(peer, key):
                if only in ("", variant):
                    yield peer, variant

    def workload(self, key):
        chosen = [cell for cell in self.given.cells if cell.key == key]
        path = self.given.folder / "programs" / key / key
        if not self.given.no_compile:
            self.record["compiles"][key] = compile_model(self.given, key)
        starts = self.record["starts"][key] = {"dlc": first_prediction(path, key, self.given.folder)}
        for threads in self.given.threads:
            program = Program(path, key, threads)
            lines = {cell: {"cell": str(cell), "threads": threads, "ours": alone(program, cell, self.given.seconds), "peers": {}} for cell in chosen}
            for peer, variant in self.contestants(key):
                try:
                    self.beside(program, peer, variant, lines, starts)
                except Failure as failure:
                    self.miss(f"{key}: {failure}")
            self.record["cells"] += lines.values()

    def beside(self, program, name, variant, lines, starts):
        if name in ("ort", "openvino"):
            for cell in lines:
                if cell.mode == "infer":
                    export(self.place, cell.key, cell.batch)
            export(self.place, program.key, 1)
        peer = Peer(self.place, name, variant, program.key, program.threads)
        try:
            self.record["versions"][name] = peer.version
            if peer.start_ms is not None:
                starts[peer.name] = min(peer.start_ms, starts.get(peer.name, peer.start_ms))
            for cell, line in lines.items():
                if cell.mode not in peer.modes:
                    continue
                peer.warm(cell)
                turns = line["peers"][peer.name] = alternate(program, peer, cell, self.given.seconds)
                for key in "min_ms", "median_ms":
                    line["ours"][key] = min(line["ours"][key], turns["ours_" + key])
                print(
                    f"{str(cell):14} {program.threads} threads  {peer.name:22} {report.time_of(turns['min_ms']):>10} ms, dlc {report.time_of(turns['ours_min_ms']):>10}:"
                    f" {report.ratio(turns):6.2f} times", file=sys.stderr, flush=True)
        finally:
            peer.close()


def main():
    given = parse()
    given.folder.mkdir(parents=True, exist_ok=True)
    run = Run(given)
    for key in WORKLOADS:
        if any(cell.key == key for cell in given.cells):
            run.workload(key)
            # After each workload, so that nothing is lost when a run is stopped.
            (given.folder / "bench.json").write_text(json.dumps(run.record, indent=1) + "\n")
    text = "\n".join(report.text(run.record)) + "\n"
    (given.folder / "bench.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
