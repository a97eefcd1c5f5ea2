"""Compares generated programs with PyTorch: the same weights, the same rows, the same steps.

For each model of Benchmarks/compare: outputs, gradients of every weight (from one step of gradient descent) and ten
training losses must agree within a relative 1e-4. `make compare` installs what this needs and runs it. With --record the
losses are kept for the project's own tests.
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOLERANCE = 1e-4
# Gradients that are 0 but for rounding, as of a key's bias, are compared with this instead of themselves.
FLOOR = 1e-4


def same(extent, kernel, stride, dilation=1):
    """Keras's padding: (before, after)."""
    total = max((-(-extent // stride) - 1) * stride + (kernel - 1) * dilation + 1 - extent, 0)
    return total // 2, total - total // 2


class Network:
    """Keras's layers in PyTorch, on images [rows, height, width, channels] and weights by their Keras names."""

    def __init__(self, weights, training):
        self.weights, self.training, self.counts = weights, training, {}

    def name(self, kind):
        number = self.counts[kind] = self.counts.get(kind, -1) + 1
        return kind if number == 0 else f"{kind}_{number}"

    def conv(self, x, strides=1, padding="valid", dilation=1, groups=1, kind="conv2d", bias=True):
        name = self.name(kind)
        kernel = self.weights[f"{name}/kernel"]
        if kind == "depthwise_conv2d":
            groups = x.shape[3]
            kernel = kernel.reshape(kernel.shape[0], kernel.shape[1], 1, -1)
        x = x.permute(0, 3, 1, 2)
        if padding == "same":
            (t, b), (l, r) = (same(x.shape[2 + i], kernel.shape[i], strides, dilation) for i in (0, 1))
            x = F.pad(x, (l, r, t, b))
        y = F.conv2d(x, kernel.permute(3, 2, 0, 1), None, strides, 0, dilation, groups).permute(0, 2, 3, 1)
        return y + self.weights[f"{name}/bias"] if bias else y

    def transposed(self, x, strides):
        name = self.name("conv2d_transpose")
        kernel = self.weights[f"{name}/kernel"]
        before, after = zip(*(same(x.shape[1 + i] * strides, kernel.shape[i], strides) for i in (0, 1)))
        y = F.conv_transpose2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), None, strides)
        y = y[:, :, before[0] : before[0] + x.shape[1] * strides, before[1] : before[1] + x.shape[2] * strides]
        return y.permute(0, 2, 3, 1) + self.weights[f"{name}/bias"]

    def pool(self, x, size, strides, kind):
        (t, b), (l, r) = (same(x.shape[1 + i], size, strides) for i in (0, 1))
        x = x.permute(0, 3, 1, 2)
        if kind == "max":
            return F.max_pool2d(F.pad(x, (l, r, t, b), value=-torch.inf), size, strides).permute(0, 2, 3, 1)
        mean = lambda y: F.avg_pool2d(F.pad(y, (l, r, t, b)), size, strides)
        return (mean(x) / mean(torch.ones_like(x))).permute(0, 2, 3, 1)

    def batch_norm(self, x):
        name = self.name("batch_normalization")
        w = lambda part: self.weights[f"{name}/{part}"]
        if self.training:
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2), unbiased=False)
            with torch.no_grad():
                w("moving_mean").mul_(0.99).add_(mean * 0.01)
                w("moving_variance").mul_(0.99).add_(variance * 0.01)
        else:
            mean, variance = w("moving_mean"), w("moving_variance")
        return (x - mean) / torch.sqrt(variance + 1e-3) * w("gamma") + w("beta")

    def layer_norm(self, x):
        name = self.name("layer_normalization")
        return F.layer_norm(x, x.shape[-1:], self.weights[f"{name}/gamma"], self.weights[f"{name}/beta"], 1e-3)

    def lstm(self, x):
        name = self.name("lstm")
        w = lambda part: self.weights[f"{name}/{part}"]
        units = w("recurrent_kernel").shape[0]
        h = c = x.new_zeros(x.shape[0], units)
        states = []
        for step in x.unbind(1):
            i, f, g, o = (step @ w("kernel") + w("bias") + h @ w("recurrent_kernel")).split(units, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        return torch.stack(states, 1)

    def gru(self, x):
        name = self.name("gru")
        w = lambda part: self.weights[f"{name}/{part}"]
        units = w("recurrent_kernel").shape[0]
        h = x.new_zeros(x.shape[0], units)
        states = []
        for step in x.unbind(1):
            x1, x2, x3 = (step @ w("kernel") + w("bias")[0]).split(units, 1)
            h1, h2, h3 = (h @ w("recurrent_kernel") + w("bias")[1]).split(units, 1)
            z, r = torch.sigmoid(x1 + h1), torch.sigmoid(x2 + h2)
            h = z * h + (1 - z) * torch.tanh(x3 + r * h3)
            states.append(h)
        return torch.stack(states, 1)

    def simple_rnn(self, x):
        name = self.name("simple_rnn")
        w = lambda part: self.weights[f"{name}/{part}"]
        h = x.new_zeros(x.shape[0], w("recurrent_kernel").shape[0])
        states = []
        for step in x.unbind(1):
            h = torch.tanh(step @ w("kernel") + w("bias") + h @ w("recurrent_kernel"))
            states.append(h)
        return torch.stack(states, 1)

    def attention(self, x):
        name = self.name("multi_head_attention")
        w = lambda part: self.weights[f"{name}/{part}"]
        q, k, v = (torch.einsum("btd,dhk->bhtk", x, w(f"{part}/kernel")) + w(f"{part}/bias")[:, None] for part in ("query", "key", "value"))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return torch.einsum("bhtk,hkd->btd", y, w("attention_output/kernel")) + w("attention_output/bias")

    def dense(self, x):
        name = self.name("dense")
        return x @ self.weights[f"{name}/kernel"] + self.weights[f"{name}/bias"]


def cnn(n, x):
    x = F.relu(n.conv(x, strides=2, padding="same"))
    x = torch.tanh(n.batch_norm(n.conv(x, padding="same", dilation=2, bias=False)))
    x = n.pool(n.conv(x, padding="same", kind="depthwise_conv2d"), 2, 1, "average")
    x = F.elu(n.conv(F.relu(n.transposed(x, 2)), groups=2))
    x = n.conv(n.layer_norm(n.pool(x, 3, 2, "max")))
    return n.dense(x.mean((1, 2)))


def residual(n, x):
    def block(x, strides):
        y = F.relu(n.batch_norm(n.conv(x, strides, "same", bias=False)))
        y = n.batch_norm(n.conv(y, 1, "same", bias=False))
        if strides == 1:
            return F.relu(y + x)
        return F.relu(y + n.batch_norm(n.conv(x, strides, bias=False)))

    x = n.pool(F.relu(n.batch_norm(n.conv(x, 2, "same", bias=False))), 3, 2, "max")
    return n.dense(block(block(x, 1), 2).mean((1, 2)))


def lstm(n, x):
    return n.dense(n.lstm(n.lstm(x).flip(1))[:, -1])


def recurrent(n, x):
    x = torch.cat([n.gru(x), n.gru(x.flip(1)).flip(1)], 2)
    x = n.lstm(n.simple_rnn(x))[:, -1:].expand(-1, 3, -1)
    return n.dense(n.gru(x)[:, -1])


def transformer(n, x):
    x = n.weights["embedding/embeddings"][x.long()] + n.weights["position_embedding/embeddings"][: x.shape[1]]
    for _ in range(2):
        x = x + n.attention(n.layer_norm(x))
        x = x + n.dense(F.gelu(n.dense(n.layer_norm(x))))
    return n.dense(n.layer_norm(x))


MODELS = {
    "cnn": (cnn, (13, 11, 3), 4, 12, 0.1, 0.0),
    "residual": (residual, (32, 32, 3), 10, 8, 0.05, 0.9),
    "lstm": (lstm, (7, 5), 3, 9, 0.5, 0.0),
    "recurrent": (recurrent, (7, 5), 3, 9, 0.5, 0.0),
    "transformer": (transformer, (11,), 13, 6, 0.2, 0.0),
}


def rows_of(name):
    """Rows that the Swift tests make in the same way."""
    _, shape, classes, rows, _, _ = MODELS[name]
    count = rows * math.prod(shape)
    numbers = (numpy.arange(count) * 7919 + 13) % 1000
    if name == "transformer":
        x = (numbers % classes).astype(numpy.int32).reshape(rows, *shape)
        return x, (numpy.arange(count) * 5 % 7).astype(numpy.int32).reshape(x.shape)
    return (numbers / 500 - 1).astype(numpy.float32).reshape(rows, *shape), (numpy.arange(rows) * 5 % classes).astype(numpy.int32)


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def difference(ours, theirs):
    """The largest difference relative to the largest number."""
    return float(numpy.abs(ours - theirs).max() / max(numpy.abs(theirs).max(), FLOOR))


def compare(name, folder):
    build, _, _, rows, rate, momentum = MODELS[name]
    source = ROOT / "Benchmarks/compare" / f"{name}.swift"
    run(ROOT / ".build/release/dlc", "compile", source, "-o", folder)
    program = folder / name
    x, y = rows_of(name)
    numpy.savez(folder / "rows.npz", x=x, y=y)
    train = [program, "train", "--data", folder / "rows.npz", "--validation", "0", "--no-shuffle", "--batch", rows]

    # The program's own initial weights: an epoch at a learning rate that is nearly nothing moves none of them.
    run(*train, "--seed", 5, "--epochs", 1, "--learning-rate", 1e-30, "--checkpoint", folder / "start.safetensors")
    start = {key: value for key, value in load_file(folder / "start.safetensors").items() if not key.startswith("sgd/")}
    save_file(start, folder / "weights.safetensors")

    run(*train, "--weights", folder / "weights.safetensors", "--epochs", 1, "--learning-rate", rate,
        "--checkpoint", folder / "one.safetensors")
    one = load_file(folder / "one.safetensors")
    run(*train, "--weights", folder / "weights.safetensors", "--epochs", 10, "--learning-rate", rate,
        "--checkpoint", folder / "ten.safetensors", "--log-json", folder / "log.json")
    losses = [json.loads(line)["loss"] for line in (folder / "log.json").read_text().splitlines()]
    with open(folder / "out.npy", "wb") as file:
        file.write(subprocess.run([program, "predict", "--weights", folder / "weights.safetensors", "--data", folder / "rows.npz",
                                   "--format", "npy"], capture_output=True, check=True).stdout)

    weights = {key: torch.tensor(value) for key, value in start.items()}
    trained = {key: value for key, value in weights.items() if "moving" not in key}
    for value in trained.values():
        value.requires_grad_()
    with torch.no_grad():
        outputs = torch.softmax(build(Network(weights, False), torch.tensor(x)), -1).numpy()
    optimizer = torch.optim.SGD(trained.values(), rate, momentum)
    expected, gradients = [], None
    for step in range(10):
        optimizer.zero_grad()
        loss = F.cross_entropy(build(Network(weights, True), torch.tensor(x)).flatten(0, -2), torch.tensor(y).long().flatten())
        loss.backward()
        gradients = gradients or {key: value.grad.numpy().copy() for key, value in trained.items()}
        optimizer.step()
        expected.append(float(loss.detach()))

    if "--record" in sys.argv:
        record = ROOT / "Tests/EndToEndTests/Recorded" / f"{name}.json"
        record.parent.mkdir(exist_ok=True)
        record.write_text(json.dumps(expected) + "\n")
    found = {"outputs": difference(numpy.load(folder / "out.npy"), outputs),
             "ten losses": difference(numpy.array(losses), numpy.array(expected))}
    for key, gradient in gradients.items():
        found[f"gradient of {key}"] = difference((start[key] - one[key]) / rate, gradient)
    return found


def main():
    failed = False
    for name in [word for word in sys.argv[1:] if word in MODELS] or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            found = compare(name, pathlib.Path(folder))
        for what, value in found.items():
            failed |= not value <= TOLERANCE
            print(f"{name:10} {what:44} {value:8.1e} {'' if value <= TOLERANCE else 'TOO LARGE'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
