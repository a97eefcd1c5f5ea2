"""ONNX Runtime, inference of what PyTorch exports."""

import onnxruntime

from onnx_rows import file_of, rows_of

VERSION = onnxruntime.__version__


class Contestant:
    infers, trains = True, False

    def __init__(self, key, variant, threads):
        self.key, self.options = key, onnxruntime.SessionOptions()
        self.options.intra_op_num_threads, self.options.inter_op_num_threads = threads, 1

    def prepare(self, mode, batch):
        session = onnxruntime.InferenceSession(file_of(self.key, batch), self.options, providers=["CPUExecutionProvider"])
        feed = {session.get_inputs()[0].name: rows_of(self.key, batch)}
        return lambda: session.run(None, feed)
