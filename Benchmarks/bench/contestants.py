"""Who takes turns: the program that dlc makes of a workload, and a peer in a process that serve.py keeps alive."""

import dataclasses
import json
import os
import pathlib
import subprocess
import time

from workloads import WORKLOADS

HERE = pathlib.Path(__file__).resolve().parent


def variants(peer, key):
    """The ways in which a peer can do a workload."""
    is_image, is_smallest = WORKLOADS[key].is_image, key == "w1"
    return {
        # torch.compile leaves nn.LSTM as it is.
        "torch": ["eager"] + ["channels_last"] * is_image + ["compile"] * (key != "w4"),
        "keras": ["graph", "xla"] + ["fit"] * is_smallest,
        "jax": ["jit"] + ["scan"] * is_smallest,
    }.get(peer, [""])


class Failure(Exception):
    """Why a contestant cannot take its turn, in a line."""


@dataclasses.dataclass
class Place:
    """Where and with what everything runs."""

    root: pathlib.Path
    folder: pathlib.Path
    python: str

    def environment(self, threads):
        """Compiled networks are kept, so that a second run starts at once."""
        names = "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"
        caches = {"TORCHINDUCTOR_CACHE_DIR": "inductor", "JAX_COMPILATION_CACHE_DIR": "jax", "BENCH_ONNX": "onnx"}
        return (
            os.environ | {name: str(threads) for name in names} | {name: str(self.folder / path) for name, path in caches.items()}
            | {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"})


def pinned(threads):
    """A process gets as many processors as it has threads."""
    processors = sorted(os.sched_getaffinity(0))[-threads:]
    return lambda: os.sched_setaffinity(0, processors)


class Program:
    """The executable of a model."""

    def __init__(self, path, key, threads):
        self.path, self.key, self.threads = path, key, threads
        self.rss_mb = self.flops = 0

    def warm(self, cell):
        self.turn(cell, 0.01)

    def turn(self, cell, seconds):
        words = [self.path, "benchmark", "--mode", cell.mode, "--batch", cell.batch, "--threads", self.threads, "--seconds", seconds]
        done = subprocess.run(
            list(map(str, words)), capture_output=True, text=True, preexec_fn=pinned(self.threads),
            env=os.environ | {"OPENBLAS_NUM_THREADS": str(self.threads)})
        if done.returncode != 0:
            raise Failure(done.stderr.strip())
        answer = json.loads(done.stdout.splitlines()[0])
        self.flops = answer["gflops"] * answer["min_ms"] * 1e6
        return answer


class Peer:
    """A framework with one of its variants."""

    def __init__(self, place, peer, variant, key, threads):
        self.name = " ".join(filter(None, (peer, variant)))
        self.log = open(place.folder / f"{peer}.log", "w+")
        start = time.perf_counter()
        try:
            self.process = subprocess.Popen(
                [place.python, HERE / "serve.py", peer, variant, key, str(threads)], text=True, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=self.log, env=place.environment(threads), preexec_fn=pinned(threads))
        except OSError as error:
            raise Failure(f"{self.name}: {place.python}: {error.strerror}") from error
        said = self._answer()
        self.start_ms = (time.perf_counter() - start) * 1e3 if said["infers"] else None
        self.version, self.modes = said["version"], ["train"] * said["trains"] + ["infer"] * said["infers"]

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            said = self.log.read().strip().splitlines()
            raise Failure(f"{self.name}: {said[-1] if said else 'ends without a word'}")
        return json.loads(line)

    def _ask(self, cell, seconds):
        print(cell, seconds, file=self.process.stdin, flush=True)
        return self._answer()

    def warm(self, cell):
        self._ask(cell, 0)

    def turn(self, cell, seconds):
        return self._ask(cell, seconds)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


def export(place, key, batch):
    """The network for the peers that read ONNX, written once by PyTorch."""
    file = place.folder / "onnx" / f"{key}-{batch}.onnx"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        done = subprocess.run(
            [place.python, HERE / "peer_torch.py", key, str(batch), str(file)], capture_output=True, text=True, env=place.environment(1))
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()
            raise Failure(f"{key} is not exported: {said[-1] if said else 'PyTorch ends without a word'}")
