"""The compared models in PyTorch, in the order in which their layers are called: names of weights are Keras's."""

import torch
import torch.nn.functional as F


def same(extent, kernel, stride, dilation=1):
    """Keras's padding: (before, after)."""
    total = max((-(-extent // stride) - 1) * stride + (kernel - 1) * dilation + 1 - extent, 0)
    return total // 2, total - total // 2


def pair(extents):
    """Of height and width."""
    return (extents, extents) if isinstance(extents, int) else extents


class Network:
    """Keras's layers in PyTorch, on images [rows, height, width, channels] and weights by their Keras names."""

    def __init__(self, weights, training):
        self.weights, self.training, self.counts = weights, training, {}

    def name(self, kind):
        number = self.counts[kind] = self.counts.get(kind, -1) + 1
        return kind if number == 0 else f"{kind}_{number}"

    def conv(self, x, strides=1, padding="valid", dilation=1, groups=1, kind="conv2d", bias=True):
        """`padding` is "same", "valid", or (top, bottom, left, right)."""
        name, strides, dilation = self.name(kind), pair(strides), pair(dilation)
        kernel = self.weights[f"{name}/kernel"]
        if kind == "depthwise_conv2d":
            groups = x.shape[3]
            kernel = kernel.reshape(kernel.shape[0], kernel.shape[1], 1, -1)
        x = x.permute(0, 3, 1, 2)
        if padding == "same":
            padding = sum((same(x.shape[2 + i], kernel.shape[i], strides[i], dilation[i]) for i in (0, 1)), ())
        if padding != "valid":
            x = F.pad(x, padding[2:] + padding[:2])
        y = F.conv2d(x, kernel.permute(3, 2, 0, 1), None, strides, 0, dilation, groups).permute(0, 2, 3, 1)
        return y + self.weights[f"{name}/bias"] if bias else y

    def transposed(self, x, strides, padding="same"):
        name, strides = self.name("conv2d_transpose"), pair(strides)
        kernel = self.weights[f"{name}/kernel"]
        y = F.conv_transpose2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), None, strides).permute(0, 2, 3, 1)
        if padding == "same":
            height, width = (x.shape[1 + i] * strides[i] for i in (0, 1))
            top, left = (same(extent, kernel.shape[i], strides[i])[0] for i, extent in enumerate((height, width)))
            y = y[:, top : top + height, left : left + width]
        return y + self.weights[f"{name}/bias"]

    def pool(self, x, size, strides, kind, padding="same"):
        size, strides = pair(size), pair(strides)
        (t, b), (l, r) = (same(x.shape[1 + i], size[i], strides[i]) if padding == "same" else (0, 0) for i in (0, 1))
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

    def gru(self, x, reset_after=True):
        name = self.name("gru")
        w = lambda part: self.weights[f"{name}/{part}"]
        units = w("recurrent_kernel").shape[0]
        h = x.new_zeros(x.shape[0], units)
        bias = w("bias") if reset_after else torch.stack([w("bias"), torch.zeros_like(w("bias"))])
        states = []
        for step in x.unbind(1):
            x1, x2, x3 = (step @ w("kernel") + bias[0]).split(units, 1)
            h1, h2, h3 = (h @ w("recurrent_kernel") + bias[1]).split(units, 1)
            z, r = torch.sigmoid(x1 + h1), torch.sigmoid(x2 + h2)
            inner = r * h3 if reset_after else (r * h) @ w("recurrent_kernel")[:, 2 * units :]
            h = z * h + (1 - z) * torch.tanh(x3 + inner)
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

    def attention(self, x, seen=None, causal=False, mask=None, rotary=False, kind="multi_head_attention"):
        """Keras's MultiHeadAttention, or with its kind GroupedQueryAttention; `mask` [rows, keys] is true for what is seen."""
        name = self.name(kind)
        w = lambda part: self.weights[f"{name}/{part}"]
        q, k, v = (torch.einsum("btd,dhk->bhtk", y, w(f"{part}/kernel")) + w(f"{part}/bias")[:, None]
                   for part, y in (("query", x), ("key", x if seen is None else seen), ("value", x if seen is None else seen)))
        if rotary:
            q, k = self.rotary(q), self.rotary(k)
        k, v = (y.repeat_interleave(q.shape[1] // k.shape[1], 1) for y in (k, v))
        visible = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool)
        visible = (visible.tril() if causal else visible) & (mask[:, None, None] if mask is not None else True)
        y = F.scaled_dot_product_attention(q, k, v, visible)
        return torch.einsum("bhtk,hkd->btd", y, w("attention_output/kernel")) + w("attention_output/bias")

    def rotary(self, x):
        """x [rows, heads, time, size], by the halves of GPT-NeoX."""
        half = x.shape[3] // 2
        angles = torch.arange(x.shape[2])[:, None] * 10000 ** (-torch.arange(half) / half)
        first, second = x.split(half, 3)
        return torch.cat([first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()], 3)

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
    return n.dense(n.gru(x, reset_after=False)[:, -1])


def transformer(n, x):
    x = n.weights["embedding/embeddings"][x.long()] + n.weights["position_embedding/embeddings"][: x.shape[1]]
    for _ in range(2):
        x = x + n.attention(n.layer_norm(x), causal=True)
        x = x + n.dense(F.gelu(n.dense(n.layer_norm(x))))
    return n.dense(n.layer_norm(x))


def encoder_decoder(n, x):
    mask, embeddings = x != 0, n.weights["embedding/embeddings"]
    tokens = embeddings[x.long()]
    read = tokens + n.attention(n.layer_norm(tokens), mask=mask, rotary=True, kind="grouped_query_attention")
    features = torch.arange(tokens.shape[2])
    angles = torch.arange(x.shape[1])[:, None] * 10000 ** (-(features // 2 * 2) / tokens.shape[2])
    y = tokens + torch.where(features % 2 == 0, angles.sin(), angles.cos())
    y = y + n.attention(n.layer_norm(y), causal=True, mask=mask)
    y = y + n.attention(n.layer_norm(y), read, mask=mask)
    return n.layer_norm(y) @ embeddings.T


def convolutions(n, x):
    x = torch.tanh(n.conv(x, (2, 1), "same"))
    x = F.relu6(n.transposed(n.conv(x, (1, 3), groups=4), (3, 2), "valid"))
    x = n.conv(x, (2, 1), dilation=(2, 3), bias=False)
    x = torch.tanh(n.conv(x, (1, 2), "same", kind="depthwise_conv2d"))
    x = n.conv(x, (2, 1), (0, 2, 1, 1), groups=2)
    x = n.pool(n.pool(x, (3, 2), (2, 1), "average"), (1, 3), 2, "max")
    return n.dense(x.flatten(1))


def lenet5(n, x):
    x = n.pool(torch.tanh(n.conv(x / 255, padding="same")), 2, 2, "average")
    x = n.pool(torch.tanh(n.conv(x)), 2, 2, "average")
    return n.dense(torch.tanh(n.dense(torch.tanh(n.dense(x.flatten(1))))))


def vgg_cifar(n, x):
    x = x / 255
    for _ in range(3):
        x = n.pool(F.relu(n.conv(F.relu(n.conv(x, padding="same")), padding="same")), 2, 2, "max")
    return n.dense(F.relu(n.dense(x.flatten(1))))


def alexnet(n, x):
    pool = lambda x: n.pool(x, 3, 2, "max", "valid")
    x = pool(F.relu(n.conv(x / 255, 4)))
    x = pool(F.relu(n.conv(x, padding="same", groups=2)))
    for groups in (1, 2, 2):
        x = F.relu(n.conv(x, padding="same", groups=groups))
    return n.dense(F.relu(n.dense(F.relu(n.dense(pool(x).flatten(1))))))


def resnet18(n, x):
    normalized = lambda x, strides=1: n.batch_norm(n.conv(x, strides, "same", bias=False))
    x = n.pool(F.relu(normalized(x / 255, 2)), 3, 2, "max")
    for strides in (1, 1, 2, 1, 2, 1, 2, 1):
        y = normalized(F.relu(normalized(x, strides)))
        x = F.relu(y + (x if strides == 1 else normalized(x, strides)))
    return n.dense(x.mean((1, 2)))


def mobilenet_v2(n, x):
    normalized = lambda x, *given, **named: n.batch_norm(n.conv(x, *given, padding="same", bias=False, **named))
    x = F.relu6(normalized(x / 255, 2))
    channels = 32
    for expansion, filters, blocks, first in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for strides in [first] + [1] * (blocks - 1):
            y = x if expansion == 1 else F.relu6(normalized(x))
            y = normalized(F.relu6(normalized(y, strides, kind="depthwise_conv2d")))
            x = x + y if strides == 1 and channels == filters else y
            channels = filters
    return n.dense(F.relu6(normalized(x)).mean((1, 2)))


def unet(n, x):
    def two(x):
        return F.relu(n.conv(F.relu(n.conv(x, padding="same")), padding="same"))

    x, seen = x / 255, []
    for _ in range(4):
        seen.append(two(x))
        x = n.pool(seen[-1], 2, 2, "max")
    x = two(x)
    for beside in reversed(seen):
        x = two(torch.cat([beside, n.transposed(x, 2)], 3))
    return n.conv(x)
