"""OpenVINO in single precision, inference of what PyTorch exports."""

import openvino

from onnx_rows import file_of, rows_of

VERSION = openvino.__version__


class Contestant:
    infers, trains = True, False

    def __init__(self, key, variant, threads):
        self.key, self.core = key, openvino.Core()
        # Left to itself it takes bfloat16 where the processor has it.
        self.settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}

    def prepare(self, mode, batch):
        compiled = self.core.compile_model(self.core.read_model(file_of(self.key, batch)), "CPU", self.settings)
        request, x = compiled.create_infer_request(), rows_of(self.key, batch)
        return lambda: request.infer({0: x}, share_inputs=True, share_outputs=True)
