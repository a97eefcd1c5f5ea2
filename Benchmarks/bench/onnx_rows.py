"""The exported files and their rows, which are as PyTorch wants them: channels first."""

import os

import numpy

from workloads import WORKLOADS, rows


def file_of(key, batch):
    return os.path.join(os.environ["BENCH_ONNX"], f"{key}-{batch}.onnx")


def rows_of(key, batch):
    x = rows(key, batch)[0]
    return numpy.ascontiguousarray(x.transpose(0, 3, 1, 2)) if WORKLOADS[key].is_image else x
