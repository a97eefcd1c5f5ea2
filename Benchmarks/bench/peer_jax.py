"""JAX: the whole step and the forward pass under jit, and for the smallest workload an epoch of steps in one call (scan)."""

import functools

import jax
import jax.numpy as jnp
import optax
from jax import lax

from jax_layers import NETS, initialize
from workloads import LEARNING_RATE, WORKLOADS, rows

VERSION = jax.__version__


def optimizer(key):
    if key == "w6":
        return optax.sgd(LEARNING_RATE, momentum=0.9)
    return {"w7": optax.adamw, "w8": optax.sgd}.get(key, optax.adam)(LEARNING_RATE)


class Contestant:
    trains = True

    def __init__(self, key, variant, threads):  # XLA takes as many threads as the process may use processors
        self.key, self.workload, self.variant = key, WORKLOADS[key], variant
        self.infers = variant == "jit"

    def loss(self, weights, x, y):
        logits, statistics = NETS[self.key](weights, x, True)
        if self.workload.is_binary:
            return optax.sigmoid_binary_cross_entropy(logits[:, 0], y).mean(), statistics
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), statistics

    def prepare(self, mode, batch):
        weights = initialize(self.key)
        if mode == "infer":
            x = jnp.asarray(rows(self.key, batch)[0])
            last = jax.nn.sigmoid if self.workload.is_binary else jax.nn.softmax
            predict = jax.jit(lambda weights, x: last(NETS[self.key](weights, x, False)[0]))
            return lambda: predict(weights, x).block_until_ready()

        rule = optimizer(self.key)

        def step(state, x, y):
            weights, slots = state
            (loss, statistics), gradients = jax.value_and_grad(self.loss, has_aux=True)(weights, x, y)
            updates, slots = rule.update(gradients, slots, weights)
            return (optax.apply_updates(weights, updates) | statistics, slots), loss

        steps = 32 if self.variant == "scan" else 1
        x, y = map(jnp.asarray, rows(self.key, steps * batch))
        if self.variant == "scan":

            @functools.partial(jax.jit, donate_argnums=0)
            def run(state, x, y):
                order = jax.random.permutation(jax.random.key(0), len(x)).reshape(steps, batch)
                return lax.scan(lambda state, of_step: step(state, x[of_step], y[of_step]), state, order)

        else:
            run = jax.jit(step, donate_argnums=0)
        state = weights, rule.init(weights)

        def call():
            nonlocal state
            state, loss = run(state, x, y)
            jax.block_until_ready((state, loss))

        call.steps = steps
        return call
