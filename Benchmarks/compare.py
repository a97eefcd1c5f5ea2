"""Compares generated programs with PyTorch: the same weights, the same rows, the same steps.

For each model of Benchmarks/compare and each network of Examples: outputs, gradients of every weight (from one step of
gradient descent) and ten training losses must agree within a relative 1e-4. `make compare` installs what this needs and runs
it. With --record the losses are kept for the project's own tests.

The networks of Examples are deep: in single precision rounding moves some of their millions of activations over the kink of a
relu or to another maximum, in PyTorch as here, and the gradients of both are off by more than a hundredth. So their gradients and
losses are compared in double on both sides, and their outputs in single as well.
"""

import dataclasses
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

import torch_models

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOLERANCE = 1e-4
# Gradients that are 0 but for rounding, as of a key's bias, are compared with this instead of themselves.
FLOOR = 1e-4
# The learning rate of the step whose change gives the gradients: so large that rounding the weights takes nothing from them.
LONG_STEP = 1024


@dataclasses.dataclass
class Case:
    shape: tuple
    classes: int
    rows: int
    rate: float
    momentum: float = 0.0
    # Of a network of Examples, its hyper-parameters; None for a model of Benchmarks/compare.
    settings: dict | None = None
    # Of tokens, whose zeros may be padding.
    tokens: bool = False
    masked: bool = False


CASES = {
    "cnn": Case((13, 11, 3), 4, 12, 0.1),
    "convolutions": Case((13, 17, 4), 4, 9, 1.0),
    "residual": Case((32, 32, 3), 10, 8, 0.05, 0.9),
    "lstm": Case((7, 5), 3, 9, 0.5),
    "recurrent": Case((7, 5), 3, 9, 0.5),
    "transformer": Case((11,), 13, 6, 0.2, tokens=True),
    "encoder_decoder": Case((11,), 13, 6, 0.2, tokens=True, masked=True),
    "lenet5": Case((28, 28, 1), 10, 16, 0.1, 0.9, {}),
    "vgg_cifar": Case((32, 32, 3), 10, 8, 0.01, 0.9, {}),
    "alexnet": Case((99, 99, 3), 1000, 4, 0.01, 0.9, {"side": 99}),
    "resnet18": Case((224, 224, 3), 1000, 2, 0.01, 0.9, {"side": 224}),
    # At larger rates each step makes rounding, even in double, a thousand times larger.
    "mobilenet_v2": Case((96, 96, 3), 1000, 4, 2e-5, 0.9, {"side": 96}),
    "unet": Case((64, 64, 1), 2, 2, 0.01, 0.9, {"side": 64, "width": 16}),
}


def rows_of(name):
    """Rows that the Swift tests make in the same way: numbers from -1 to 1, bytes for the networks of Examples."""
    case = CASES[name]
    count = case.rows * math.prod(case.shape)
    numbers = (numpy.arange(count) * 7919 + 13) % 1000
    y = (numpy.arange(case.rows) * 5 % case.classes).astype(numpy.int32)
    if case.tokens:
        x = (numbers % case.classes).astype(numpy.int32).reshape(case.rows, *case.shape)
        return x, (numpy.arange(count) * 5 % 7).astype(numpy.int32).reshape(x.shape)
    if name == "unet":
        y = (numbers > 600).astype(numpy.int32).reshape(case.rows, *case.shape[:2])
    x = numbers / 500 - 1 if case.settings is None else numbers % 256
    return x.astype(numpy.float32).reshape(case.rows, *case.shape), y


def source_of(name, folder):
    """The path of the model. A network of Examples loses what is random and gets plain gradient descent."""
    case = CASES[name]
    if case.settings is None:
        return ROOT / f"Benchmarks/compare/{name}.swift"
    text = (ROOT / f"Examples/{name}/model.swift").read_text()
    text = re.sub(r"\n.*Dropout\(.*", "", text)
    text = re.sub(r"optimizer: .*,", f"optimizer: .sgd(learningRate: {case.rate}, momentum: {case.momentum}),", text)
    path = folder / f"{name}.swift"
    path.write_text(text)
    return path


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def difference(ours, theirs):
    """The largest difference relative to the largest number."""
    return float(numpy.abs(ours - theirs).max() / max(numpy.abs(theirs).max(), FLOOR))


def of_dlc(name, folder, x, y, precision):
    """The weights at the start, outputs, gradients and ten losses of the generated program."""
    case = CASES[name]
    settings = [word for key, value in (case.settings or {}).items() for word in ("--set", f"{key}={value}")]
    run(ROOT / ".build/release/dlc", "compile", source_of(name, folder), "-o", folder, "--precision", precision, *settings)
    program = folder / name
    numpy.savez(folder / "rows.npz", **{("image" if name == "unet" else "x"): x, ("mask" if name == "unet" else "y"): y})
    train = [program, "train", "--data", folder / "rows.npz", "--validation", "0", "--no-shuffle", "--batch", case.rows]

    # The program's own initial weights: an epoch at a learning rate that is nearly nothing moves none of them.
    run(*train, "--seed", 5, "--epochs", 1, "--learning-rate", 1e-30, "--checkpoint", folder / "start.safetensors")
    start = {key: value for key, value in load_file(folder / "start.safetensors").items() if not key.startswith("sgd/")}
    save_file(start, folder / "weights.safetensors")

    run(*train, "--weights", folder / "weights.safetensors", "--epochs", 1, "--learning-rate", LONG_STEP,
        "--checkpoint", folder / "one.safetensors")
    one = load_file(folder / "one.safetensors")
    gradients = {key: (start[key] - one[key]) / LONG_STEP for key in start}
    run(*train, "--weights", folder / "weights.safetensors", "--epochs", 10, "--learning-rate", case.rate,
        "--checkpoint", folder / "ten.safetensors", "--log-json", folder / "log.json")
    losses = [json.loads(line)["loss"] for line in (folder / "log.json").read_text().splitlines()]
    with open(folder / "out.npy", "wb") as file:
        file.write(subprocess.run([program, "predict", "--weights", folder / "weights.safetensors", "--data", folder / "rows.npz",
                                   "--format", "npy"], capture_output=True, check=True).stdout)
    return start, numpy.load(folder / "out.npy"), gradients, losses


def of_torch(name, start, x, y, precision):
    """Outputs, gradients and ten losses of PyTorch from the same weights."""
    case, build = CASES[name], getattr(torch_models, name)
    weights = {key: torch.tensor(value) for key, value in start.items()}
    trained = {key: value for key, value in weights.items() if "moving" not in key}
    for value in trained.values():
        value.requires_grad_()
    x, y = torch.tensor(x), torch.tensor(y).long().flatten()
    x = x.double() if precision == "f64" else x
    with torch.no_grad():
        outputs = torch.softmax(build(torch_models.Network(weights, False), x), -1).numpy()
    optimizer = torch.optim.SGD(trained.values(), case.rate, case.momentum)
    losses, gradients = [], None
    for _ in range(10):
        optimizer.zero_grad()
        logits = build(torch_models.Network(weights, True), x).flatten(0, -2)
        counts = x.flatten() != 0 if case.masked else slice(None)
        loss = F.cross_entropy(logits[counts], y[counts])
        loss.backward()
        gradients = gradients or {key: value.grad.numpy().copy() for key, value in trained.items()}
        optimizer.step()
        losses.append(float(loss.detach()))
    return outputs, gradients, losses


def compare(name, folder, precision):
    x, y = rows_of(name)
    start, outputs, gradients, losses = of_dlc(name, folder, x, y, precision)
    expected_outputs, expected_gradients, expected_losses = of_torch(name, start, x, y, precision)
    if "--record" in sys.argv and CASES[name].settings is None:
        record = ROOT / "Tests/EndToEndTests/Recorded" / f"{name}.json"
        record.parent.mkdir(exist_ok=True)
        record.write_text(json.dumps(expected_losses) + "\n")
    yield "outputs", difference(outputs, expected_outputs)
    if CASES[name].settings is not None and precision == "f32":
        return
    yield "ten losses", difference(numpy.array(losses), numpy.array(expected_losses))
    for key, gradient in expected_gradients.items():
        yield f"gradient of {key}", difference(gradients[key], gradient)


def main():
    failed = False
    for name in [word for word in sys.argv[1:] if word in CASES] or CASES:
        for precision in ["f32"] if CASES[name].settings is None else ["f32", "f64"]:
            with tempfile.TemporaryDirectory() as folder:
                for what, value in compare(name, pathlib.Path(folder), precision):
                    failed |= not value <= TOLERANCE
                    print(f"{name:12} {precision} {what:44} {value:8.1e} {'' if value <= TOLERANCE else 'TOO LARGE'}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
