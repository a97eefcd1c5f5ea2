"""Tests of Benchmarks/bench without a peer: the table of a recorded run, and a run of the smallest workload."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "bench"))

import report
import start
from contestants import variants
from workloads import WORKLOADS, cells

DLC = next((path for path in (HERE.parent / f".build/{kind}/dlc" for kind in ("debug", "release")) if path.exists()), None)


class BenchTest(unittest.TestCase):
    def test_cells_are_chosen_by_the_beginning_of_their_names(self):
        self.assertEqual(len(cells([])), len(report.AIMS))
        self.assertEqual({str(cell) for cell in cells([])}, set(report.AIMS))
        self.assertEqual([str(cell) for cell in cells(["w2-infer", "w5-train"])], ["w2-infer-1", "w2-infer-128", "w5-train-64"])
        self.assertEqual([str(cell) for cell in cells(["w2-infer-1"])], ["w2-infer-1"])

    def test_every_workload_has_a_model_and_peers(self):
        for key in WORKLOADS:
            self.assertTrue((HERE / f"models/{key}.swift").exists())
            self.assertIn("eager", variants("torch", key))

    def test_table(self):
        found = "\n".join(report.text(json.loads((HERE / "bench_test.json").read_text()))) + "\n"
        self.assertEqual(found, (HERE / "bench_test.md").read_text())

    def test_tensors_of_info(self):
        info = "model       m\nparameters  64 bytes\ndense/kernel                     [10, 32]\nbn/mean     [8]  not trained\n36 numbers\n"
        self.assertEqual(list(start.tensors(info)), [("dense/kernel", [10, 32]), ("bn/mean", [8])])

    @unittest.skipIf(DLC is None, "dlc is not built")
    def test_run_without_peers(self):
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable, HERE / "bench", "--only", "w1-infer", "--peers", "torch", "--threads", "1", "--seconds", "0.02",
                "--python", f"{folder}/none", "--dlc", DLC, "--folder", folder]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            record = json.loads((pathlib.Path(folder) / "bench.json").read_text())
            self.assertEqual([cell["cell"] for cell in record["cells"]], ["w1-infer-1"])
            ours = record["cells"][0]["ours"]
            self.assertTrue(0 < ours["min_ms"] <= ours["median_ms"] < 1, ours)
            # Taken from a time of some 1e-4 ms that is printed to 1e-6 ms.
            # Products, and a bias and an activation for each unit.
            flops = 2 * (10 * 32 + 32) + 2 * (32 + 1)
            self.assertAlmostEqual(ours["flops"], flops, delta=0.02 * flops)
            self.assertGreater(record["starts"]["w1"]["dlc"], 0)
            self.assertTrue(1 < record["machine"]["peaks"]["1"]["fma_gflops"] < 1000, record["machine"])
            # The peer that is not there is a line of the table.
            self.assertEqual(len(record["missing"]), 2)
            self.assertIn("w1: torch eager", done.stdout)


if __name__ == "__main__":
    unittest.main()
