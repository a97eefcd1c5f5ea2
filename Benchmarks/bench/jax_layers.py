"""The networks in JAX: functions of a dictionary of weights by name, which `initialize` makes."""

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from workloads import WORKLOADS


class Weights:
    """Gives a network its weights by name; those that are not there yet are made. Statistics that training moves are kept."""

    def __init__(self, values):
        self.values, self.statistics, self.random = values, {}, numpy.random.default_rng(2)

    def __call__(self, name, *shape, ones=False):
        if name not in self.values:
            spread = (2 / max(1, numpy.prod(shape[:-1]))) ** 0.5 if len(shape) > 1 else 0
            drawn = self.random.standard_normal(shape, dtype=numpy.float32) * spread
            self.values[name] = jnp.asarray(drawn + numpy.float32(ones))
        return self.values[name]


def dense(w, name, x, units):
    return x @ w(f"{name}/kernel", x.shape[-1], units) + w(f"{name}/bias", units)


def conv(w, name, x, filters, size, strides=1, padding=None, bias=True):
    padding = [(size // 2,) * 2] * 2 if padding is None else padding
    kernel = w(f"{name}/kernel", size, size, x.shape[-1], filters)
    y = lax.conv_general_dilated(x, kernel, (strides,) * 2, padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return y + w(f"{name}/bias", filters) if bias else y


def pool(x, size, strides, padding=0):
    window, moves = (1, size, size, 1), (1, strides, strides, 1)
    return lax.reduce_window(x, -jnp.inf, lax.max, window, moves, [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)])


def batch_norm(w, name, x, training):
    size = x.shape[-1]
    mean, variance = w(f"{name}/mean", size), w(f"{name}/variance", size, ones=True)
    if training:
        of_batch = x.mean((0, 1, 2)), x.var((0, 1, 2))
        w.statistics[f"{name}/mean"] = lax.stop_gradient(0.99 * mean + 0.01 * of_batch[0])
        w.statistics[f"{name}/variance"] = lax.stop_gradient(0.99 * variance + 0.01 * of_batch[1])
        mean, variance = of_batch
    scale = w(f"{name}/gamma", size, ones=True) * lax.rsqrt(variance + 1e-3)
    return x * scale + (w(f"{name}/beta", size) - mean * scale)


def layer_norm(w, name, x):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    size = x.shape[-1]
    return (x - mean) * lax.rsqrt(variance + 1e-3) * w(f"{name}/gamma", size, ones=True) + w(f"{name}/beta", size)


def lstm(w, name, x, units):
    projected = jnp.swapaxes(x @ w(f"{name}/kernel", x.shape[-1], 4 * units) + w(f"{name}/bias", 4 * units), 0, 1)
    recurrent = w(f"{name}/recurrent_kernel", units, 4 * units)

    def step(state, gates):
        h, c = state
        i, f, g, o = jnp.split(gates + h @ recurrent, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((len(x), units))
    return jnp.swapaxes(lax.scan(step, (zero, zero), projected)[1], 0, 1)


def mlp(w, x, sizes):
    for number, units in enumerate(sizes[:-1]):
        x = jax.nn.relu(dense(w, f"dense{number}", x, units))
    return dense(w, "last", x, sizes[-1])


def flat(x):
    return x.reshape(len(x), -1)


def vgg(w, x, training):
    for filters in 64, 128, 256:
        for half in "ab":
            x = jax.nn.relu(conv(w, f"conv{filters}{half}", x, filters, 3))
        x = pool(x, 2, 2)
    return mlp(w, flat(x), (256, 10))


def resnet(w, x, training):
    def normalized(name, x, *given):
        return batch_norm(w, name, conv(w, name, x, *given, bias=False), training)

    x = pool(jax.nn.relu(normalized("stem", x, 64, 7, 2)), 3, 2, 1)
    for number, (filters, strides) in enumerate([(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)]):
        y = jax.nn.relu(normalized(f"{number}a", x, filters, 3, strides))
        shortcut = x if strides == 1 else normalized(f"{number}s", x, filters, 1, strides)
        x = jax.nn.relu(normalized(f"{number}b", y, filters, 3) + shortcut)
    return dense(w, "last", x.mean((1, 2)), 1000)


def transformer(w, x, training):
    x = w("embedding", 96, 128)[x] + w("positions", 128, 128)
    for block in range(4):
        qkv = dense(w, f"{block}qkv", layer_norm(w, f"{block}a", x), 384).reshape(*x.shape[:2], 3, 4, 32)
        mixed = jax.nn.dot_product_attention(qkv[:, :, 0], qkv[:, :, 1], qkv[:, :, 2], is_causal=True)
        x = x + dense(w, f"{block}out", mixed.reshape(x.shape), 128)
        hidden = jax.nn.gelu(dense(w, f"{block}up", layer_norm(w, f"{block}b", x), 512), approximate=False)
        x = x + dense(w, f"{block}down", hidden, 128)
    return dense(w, "last", layer_norm(w, "end", x), 96)


def alexnet(w, x, training):
    x = pool(jax.nn.relu(conv(w, "a", x, 96, 11, 4, "VALID")), 3, 2)
    x = pool(jax.nn.relu(conv(w, "b", x, 256, 5)), 3, 2)
    for name, filters in ("c", 384), ("d", 384), ("e", 256):
        x = jax.nn.relu(conv(w, name, x, filters, 3))
    return mlp(w, flat(pool(x, 3, 2)), (4096, 4096, 1000))


def _with_statistics(network):
    def run(values, x, training):
        w = Weights(values)
        return network(w, x, training), w.statistics

    return run


NETS = {
    key: _with_statistics(network)
    for key, network in {
        "w1": lambda w, x, training: mlp(w, x, (32, 1)),
        "w2": lambda w, x, training: mlp(w, x, (512, 256, 10)),
        "w3": lambda w, x, training: mlp(w, flat(pool(jax.nn.relu(conv(w, "conv", x, 32, 3, padding="VALID")), 2, 2)), (128, 10)),
        "w4": lambda w, x, training: dense(w, "last", lstm(w, "b", lstm(w, "a", x, 50), 50)[:, -1], 1),
        "w5": vgg, "w6": resnet, "w7": transformer, "w8": alexnet,
    }.items()
}


def initialize(key):
    workload, values = WORKLOADS[key], {}
    NETS[key](values, jnp.zeros((1, *workload.input), jnp.int32 if workload.is_tokens else jnp.float32), False)
    return values
