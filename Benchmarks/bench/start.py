"""How long a program takes from its start to the end of its first prediction. Without numpy, which the peers alone need."""

import json
import math
import re
import struct
import subprocess
import time

from workloads import WORKLOADS

TRIES = 5


def tensors(info):
    """Names and shapes of what a program's `info` lists."""
    for name, shape in re.findall(r"^(\S+) +\[([\d, ]*)\]", info, re.MULTILINE):
        yield name, [int(extent) for extent in shape.split(",")]


def write_weights(program, file):
    """Zeros: what is predicted takes as long as anything else."""
    info = subprocess.run([program, "info"], capture_output=True, text=True, check=True).stdout
    header, size = {}, 0
    for name, shape in tensors(info):
        bytes_of = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [size, size + bytes_of]}
        size += bytes_of
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        out.truncate(8 + len(text) + size)


def write_row(key, file):
    workload = WORKLOADS[key]
    shape = (1, *workload.input)
    header = f"{{'descr': '{'<i4' if workload.is_tokens else '<f4'}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(11 + len(header)) % 64) + "\n"
    file.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(4 * math.prod(shape)))


def first_prediction(program, key, folder):
    """Milliseconds, the least of some runs."""
    weights, row = folder / "start.safetensors", folder / "start.npy"
    write_weights(program, weights)
    write_row(key, row)
    least = math.inf
    for _ in range(TRIES):
        start = time.perf_counter()
        subprocess.run([program, "predict", "--weights", weights, "--data", row, "--format", "npy"], stdout=subprocess.DEVNULL, check=True)
        least = min(least, time.perf_counter() - start)
    return least * 1e3
