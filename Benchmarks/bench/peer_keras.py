"""Keras on TensorFlow: as a graph, by XLA (jit_compile), and for the smallest workload `fit`, with its loop around the steps."""

import os

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}

import keras
import tensorflow
from keras import layers as L

from workloads import LEARNING_RATE, WORKLOADS, rows

VERSION = f"{keras.__version__} on TensorFlow {tensorflow.__version__}"


def conv(x, filters, kernel, strides=1, padding="same", bias=True):
    if padding == "same" and strides > 1:
        x, padding = L.ZeroPadding2D(kernel // 2)(x), "valid"
    return L.Conv2D(filters, kernel, strides, padding=padding, use_bias=bias)(x)


def conv_relu(x, *given, **named):
    return L.ReLU()(conv(x, *given, **named))


def mlp(x):
    return L.Dense(10, activation="softmax")(L.Dense(256, activation="relu")(L.Dense(512, activation="relu")(x)))


def cnn(x):
    x = L.Flatten()(L.MaxPooling2D(2)(conv_relu(x, 32, 3, padding="valid")))
    return L.Dense(10, activation="softmax")(L.Dense(128, activation="relu")(x))


def vgg(x):
    for filters in 64, 128, 256:
        x = L.MaxPooling2D(2)(conv_relu(conv_relu(x, filters, 3), filters, 3))
    return L.Dense(10, activation="softmax")(L.Dense(256, activation="relu")(L.Flatten()(x)))


def resnet(x):
    normalized = lambda x, *given: L.BatchNormalization()(conv(x, *given, bias=False))
    x = L.ReLU()(normalized(x, 64, 7, 2))
    x = L.MaxPooling2D(3, 2)(L.ZeroPadding2D(1)(x))
    for filters, strides in (64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1):
        y = normalized(L.ReLU()(normalized(x, filters, 3, strides)), filters, 3)
        x = L.ReLU()(L.Add()([y, x if strides == 1 else normalized(x, filters, 1, strides)]))
    return L.Dense(1000, activation="softmax")(L.GlobalAveragePooling2D()(x))


class Positions(L.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], initializer="normal")

    def call(self, x):
        return x + self.table


def transformer(x):
    x = Positions()(L.Embedding(96, 128)(x))
    for _ in range(4):
        y = L.LayerNormalization()(x)
        x = L.Add()([x, L.MultiHeadAttention(4, 32)(y, y, use_causal_mask=True)])
        x = L.Add()([x, L.Dense(128)(L.Dense(512, activation="gelu")(L.LayerNormalization()(x)))])
    return L.Dense(96, activation="softmax")(L.LayerNormalization()(x))


def alexnet(x):
    x = L.MaxPooling2D(3, 2)(conv_relu(x, 96, 11, 4, "valid"))
    x = L.MaxPooling2D(3, 2)(conv_relu(x, 256, 5))
    x = L.MaxPooling2D(3, 2)(conv_relu(conv_relu(conv_relu(x, 384, 3), 384, 3), 256, 3))
    x = L.Dense(4096, activation="relu")(L.Dense(4096, activation="relu")(L.Flatten()(x)))
    return L.Dense(1000, activation="softmax")(x)


NETS = {
    "w1": lambda x: L.Dense(1, activation="sigmoid")(L.Dense(32, activation="relu")(x)),
    "w2": mlp,
    "w3": cnn,
    "w4": lambda x: L.Dense(1, activation="sigmoid")(L.LSTM(50)(L.LSTM(50, return_sequences=True)(x))),
    "w5": vgg, "w6": resnet, "w7": transformer, "w8": alexnet,
}


def optimizer(key):
    if key == "w6":
        return keras.optimizers.SGD(LEARNING_RATE, momentum=0.9)
    return {"w7": keras.optimizers.AdamW, "w8": keras.optimizers.SGD}.get(key, keras.optimizers.Adam)(LEARNING_RATE)


class Contestant:
    trains = True

    def __init__(self, key, variant, threads):
        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
        self.key, self.workload, self.variant = key, WORKLOADS[key], variant
        self.infers = variant != "fit"

    def net(self):
        x = keras.Input(self.workload.input, dtype="int32" if self.workload.is_tokens else "float32")
        return keras.Model(x, NETS[self.key](x))

    def prepare(self, mode, batch):
        net = self.net()
        if mode == "infer":
            x = tensorflow.constant(rows(self.key, batch)[0])
            predict = tensorflow.function(lambda x: net(x, training=False), jit_compile=self.variant == "xla")
            return lambda: predict(x).numpy()
        loss = "binary_crossentropy" if self.workload.is_binary else "sparse_categorical_crossentropy"
        net.compile(optimizer(self.key), loss, jit_compile="auto" if self.variant == "fit" else self.variant == "xla")
        if self.variant == "fit":
            x, y = rows(self.key, 32 * batch)

            def call():
                net.fit(x, y, batch_size=batch, verbose=0)

            call.steps = 32
            return call
        x, y = rows(self.key, batch)
        return lambda: net.train_on_batch(x, y)
