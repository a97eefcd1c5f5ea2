"""What the machine can do, by machine.c: peaks that the table's shares are of."""

import json
import os
import pathlib
import shutil
import subprocess

from contestants import pinned

SOURCE = pathlib.Path(__file__).resolve().parent / "machine.c"
TEMPLATES = SOURCE.parent.parent.parent / "Templates"


def processor():
    with open("/proc/cpuinfo") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def peaks(folder, threads):
    """GFLOP/s and GB/s of each number of threads."""
    compiler = shutil.which("clang") or shutil.which("gcc")
    for header, pieces in {"vectors.h": ["inline.c", "vector.c"], "peak.h": ["driver_peak.c"]}.items():
        text = "\n".join((TEMPLATES / piece).read_text() for piece in pieces)
        (folder / header).write_text(text.replace("@name@", "machine").replace("@NAME@", "MACHINE"))
    words = [compiler, "-O3", "-march=native", "-I", folder, SOURCE, "-o", folder / "machine", "-lpthread", "-lm"]
    if subprocess.run([*words, "-DBLAS", "-lopenblas"], capture_output=True).returncode != 0:
        subprocess.run(words, check=True)
    found = {}
    for count in threads:
        done = subprocess.run(
            [folder / "machine", str(count)], capture_output=True, text=True, check=True, preexec_fn=pinned(count),
            env=os.environ | {"OPENBLAS_NUM_THREADS": str(count)})
        found[str(count)] = json.loads(done.stdout)
    return found
