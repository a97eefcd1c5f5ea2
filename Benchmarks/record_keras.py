"""Losses, metrics and penalties as Keras computes them, for the project's own tests.

Writes Tests/EndToEndTests/Recorded/keras.json: for each case the rows and every figure. Run by hand, after `make compare`
has made the virtual environment: build/peers/bin/python Benchmarks/record_keras.py
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent
random = numpy.random.default_rng(5)
losses, metrics = keras.losses, keras.metrics


def probabilities(*shape):
    numbers = numpy.exp(random.normal(size=shape))
    return (numbers / numbers.sum(-1, keepdims=True)).astype(numpy.float32)


def numbers(*shape):
    return random.normal(size=shape).astype(numpy.float32)


def classes(count, *shape):
    return random.integers(0, count, shape).astype(numpy.int32)


def one_hot(count, *shape):
    return numpy.eye(count, dtype=numpy.float32)[classes(count, *shape)]


def binary(*shape):
    return random.integers(0, 2, shape).astype(numpy.float32)


def figures(loss, chosen):
    """Of outputs that are given."""

    def compute(x, y):
        found = {"loss": float(loss(y, x))}
        for name, metric in chosen.items():
            metric.update_state(y, x)
            found[name] = float(metric.result())
        return found

    return compute


def dense(x, y):
    """mse of a layer with every kind of penalty."""
    layer = keras.layers.Dense(
        2, activation="tanh", kernel_regularizer=keras.regularizers.L1L2(0.03, 0.02), bias_regularizer=keras.regularizers.L1(0.05),
        activity_regularizer=keras.regularizers.L2(0.04))
    last = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.1), use_bias=False)
    model = keras.Sequential([keras.Input((3,)), layer, last])
    model.compile(loss="mse", metrics=["mae"])
    layer.set_weights([numpy.array([[0.5, -1], [0.25, 0.75], [-0.125, 1.5]]), numpy.array([0.5, -0.25])])
    last.set_weights([numpy.array([[1.5], [-0.5]])])
    return dict(zip(["loss", "mae"], model.evaluate(x, y, batch_size=len(x), verbose=0)))


def padded(rows, *lengths):
    """The rows with 0 for the steps from each row's length on."""
    for row, length in zip(rows, lengths):
        row[length:] = 0
    return rows


def masked(loss, chosen):
    """Of outputs whose steps of zeros are masked."""

    def compute(x, y):
        model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Masking()])
        model.compile(loss=loss, metrics=list(chosen.values()))
        return dict(zip(["loss", *chosen], model.evaluate(x, y, batch_size=len(x), verbose=0)))

    return compute


def gated(reset_after):
    """mse of a GRU whose steps of zeros are masked; its weights are made by a rule that the test has too."""

    def compute(x, y):
        layer = keras.layers.GRU(2, reset_after=reset_after)
        model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Masking(), layer])
        model.compile(loss="mse", metrics=["mae"])
        layer.set_weights([(numpy.arange(w.size) * 7 % 11 / 8 - 0.625).reshape(w.shape) for w in layer.get_weights()])
        return dict(zip(["loss", "mae"], model.evaluate(x, y, batch_size=len(x), verbose=0)))

    return compute


CASES = {
    "binary": (probabilities(13, 2)[:, :1], binary(13, 1), figures(losses.BinaryCrossentropy(), {
        "accuracy": metrics.BinaryAccuracy(), "binary_accuracy": metrics.BinaryAccuracy(threshold=0.3), "precision": metrics.Precision(),
        "recall": metrics.Recall(), "auc": metrics.AUC(), "mse": metrics.MeanSquaredError(), "mae": metrics.MeanAbsoluteError(),
        "root_mean_squared_error": metrics.RootMeanSquaredError()})),
    "labels": (numbers(11, 3), binary(11, 3), figures(losses.BinaryCrossentropy(from_logits=True), {
        "binary_accuracy": metrics.BinaryAccuracy(threshold=0), "precision": metrics.Precision(thresholds=0.25), "recall": metrics.Recall(thresholds=0.75)})),
    "classes": (probabilities(13, 4), classes(4, 13), figures(losses.SparseCategoricalCrossentropy(), {
        "accuracy": metrics.SparseCategoricalAccuracy(), "sparse_categorical_accuracy": metrics.SparseCategoricalAccuracy(),
        "top_2_accuracy": metrics.SparseTopKCategoricalAccuracy(2), "top_4_accuracy": metrics.SparseTopKCategoricalAccuracy(4)})),
    "one_hot": (probabilities(13, 4), one_hot(4, 13), figures(losses.CategoricalCrossentropy(), {
        "accuracy": metrics.CategoricalAccuracy(), "categorical_accuracy": metrics.CategoricalAccuracy(),
        "top_3_accuracy": metrics.TopKCategoricalAccuracy(3), "precision": metrics.Precision(), "recall": metrics.Recall(), "auc": metrics.AUC()})),
    "sequence": (probabilities(7, 5, 4), classes(4, 7, 5), figures(losses.SparseCategoricalCrossentropy(), {
        "accuracy": metrics.SparseCategoricalAccuracy(), "top_2_accuracy": metrics.SparseTopKCategoricalAccuracy(2)})),
    "sequence_logits": (numbers(7, 5, 4), classes(4, 7, 5), figures(losses.SparseCategoricalCrossentropy(from_logits=True), {
        "accuracy": metrics.SparseCategoricalAccuracy()})),
    "sequence_one_hot": (numbers(7, 5, 4), one_hot(4, 7, 5), figures(losses.CategoricalCrossentropy(from_logits=True), {
        "accuracy": metrics.CategoricalAccuracy(), "top_2_accuracy": metrics.TopKCategoricalAccuracy(2)})),
    "divergence": (probabilities(9, 4), probabilities(9, 4), figures(losses.KLDivergence(), {"mae": metrics.MeanAbsoluteError()})),
    "huber": (numbers(9, 3), numbers(9, 3), figures(losses.Huber(0.7), {
        "mse": metrics.MeanSquaredError(), "mae": metrics.MeanAbsoluteError(), "root_mean_squared_error": metrics.RootMeanSquaredError()})),
    "log_cosh": (numbers(9, 3), numbers(9, 3), figures(losses.LogCosh(), {"mean_absolute_error": metrics.MeanAbsoluteError()})),
    "certain": (numpy.array([[0, 1], [0, 1], [1, 0], [0.5, 0.5]], numpy.float32), numpy.array([[0, 1], [1, 0], [0, 1], [1, 0]], numpy.float32),
                figures(losses.BinaryCrossentropy(), {"accuracy": metrics.CategoricalAccuracy()})),
    "certain_classes": (numpy.array([[0, 1], [0, 1], [1, 0]], numpy.float32), numpy.array([0, 1, 1], numpy.int32),
                        figures(losses.SparseCategoricalCrossentropy(), {"accuracy": metrics.SparseCategoricalAccuracy()})),
    "penalties": (numbers(6, 3), numbers(6, 1), dense),
    "masked": (padded(numbers(5, 6, 3), 6, 2, 0, 5, 1), numbers(5, 6, 3), masked(losses.MeanSquaredError(), {
        "mae": metrics.MeanAbsoluteError(), "mse": metrics.MeanSquaredError()})),
    "masked_classes": (padded(numbers(5, 6, 3), 6, 2, 0, 5, 1), classes(3, 5, 6), masked(
        losses.SparseCategoricalCrossentropy(from_logits=True), {
            "accuracy": metrics.SparseCategoricalAccuracy(), "top_2_accuracy": metrics.SparseTopKCategoricalAccuracy(2)})),
    "masked_labels": (padded(probabilities(5, 6, 2)[:, :, :1], 6, 2, 0, 5, 1), binary(5, 6, 1), masked(
        losses.BinaryCrossentropy(), {"accuracy": metrics.BinaryAccuracy(), "precision": metrics.Precision()})),
    "reset_after": (padded(numbers(5, 6, 3), 6, 2, 0, 5, 1), numbers(5, 2), gated(True)),
    "reset_before": (padded(numbers(5, 6, 3), 6, 2, 0, 5, 1), numbers(5, 2), gated(False)),
}

if __name__ == "__main__":
    record = {}
    for name, (x, y, compute) in CASES.items():
        record[name] = {
            "x": {"shape": x.shape, "numbers": [float(v) for v in x.ravel()]}, "y": {"shape": y.shape, "numbers": [float(v) for v in y.ravel()]},
            "figures": compute(x, y)}
        print(name, record[name]["figures"])
    lines = [f"{json.dumps(name)}: {json.dumps(case)}" for name, case in record.items()]
    (ROOT / "Tests/EndToEndTests/Recorded/keras.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
