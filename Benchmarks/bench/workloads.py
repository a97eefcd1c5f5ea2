"""What is measured: the models of Benchmarks/models, their batches, and the same random rows for every contestant."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Workload:
    input: tuple
    classes: int
    train: int
    infer: tuple
    is_tokens: bool = False

    @property
    def is_image(self):
        return len(self.input) == 3

    @property
    def is_binary(self):
        return self.classes == 1


WORKLOADS = {
    "w1": Workload((10,), 1, 32, (1,)),
    "w2": Workload((784,), 10, 128, (1, 128)),
    "w3": Workload((64, 64, 3), 10, 32, (1, 32)),
    "w4": Workload((100, 16), 1, 32, (1, 32)),
    "w5": Workload((32, 32, 3), 10, 64, (1, 64)),
    "w6": Workload((224, 224, 3), 1000, 8, (1,)),
    "w7": Workload((128,), 96, 16, (1,), is_tokens=True),
    "w8": Workload((227, 227, 3), 1000, 16, (1,)),
}

# So small a step that no weight moves: the work is that of training, and nothing diverges on random targets.
LEARNING_RATE = 1e-12


@dataclasses.dataclass(frozen=True)
class Cell:
    """One line of the table."""

    key: str
    mode: str
    batch: int

    def __str__(self):
        return f"{self.key}-{self.mode}-{self.batch}"

    @staticmethod
    def parse(text):
        key, mode, batch = text.split("-")
        return Cell(key, mode, int(batch))


def cells(only):
    """Those whose names begin with one of `only`, such as w3, w3-train or w3-infer-1; all without it."""
    found = []
    for key, workload in WORKLOADS.items():
        of_key = [Cell(key, "train", workload.train)] + [Cell(key, "infer", rows) for rows in workload.infer]
        found += [cell for cell in of_key if not only or any((str(cell) + "-").startswith(word + "-") for word in only)]
    return found


def rows(key, count):
    """Inputs, channels last, and targets."""
    import numpy

    workload = WORKLOADS[key]
    random = numpy.random.default_rng(1)
    if workload.is_tokens:
        tokens = random.integers(0, workload.classes, (2, count, *workload.input), dtype=numpy.int32)
        return tokens[0], tokens[1]
    x = random.standard_normal((count, *workload.input), dtype=numpy.float32)
    return x, random.integers(0, max(2, workload.classes), count, dtype=numpy.int32)
