"""PyTorch: eager, images channels last, and torch.compile. Run as a program it exports a workload for the ONNX peers."""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from workloads import LEARNING_RATE, WORKLOADS, rows

VERSION = torch.__version__


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(16, 50, num_layers=2, batch_first=True)
        self.dense = nn.Linear(50, 1)

    def forward(self, x):
        return self.dense(self.lstm(x)[0][:, -1])


class Block(nn.Module):
    def __init__(self, channels, filters, strides):
        super().__init__()

        def normalized(channels, kernel, strides):
            return nn.Sequential(nn.Conv2d(channels, filters, kernel, strides, kernel // 2, bias=False), nn.BatchNorm2d(filters))

        self.body = nn.Sequential(normalized(channels, 3, strides), nn.ReLU(), normalized(filters, 3, 1))
        self.shortcut = nn.Identity() if strides == 1 else normalized(channels, 1, strides)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet():
    blocks, channels = [], 64
    for filters, strides in (64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1):
        blocks.append(Block(channels, filters, strides))
        channels = filters
    return nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))


class Decoder(nn.Module):
    def __init__(self, width=128, heads=4):
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        batch, time, width = x.shape
        split = self.qkv(self.before(x)).view(batch, time, 3, self.heads, width // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, time, width))
        return x + self.mlp(self.between(x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(96, 128), nn.Parameter(0.02 * torch.randn(128, 128))
        self.blocks = nn.Sequential(*[Decoder() for _ in range(4)], nn.LayerNorm(128), nn.Linear(128, 96))

    def forward(self, x):
        return self.blocks(self.tokens(x) + self.positions)


def vgg():
    layers, channels = [], 3
    for filters in 64, 128, 256:
        for inputs in channels, filters:
            layers += [nn.Conv2d(inputs, filters, 3, padding=1), nn.ReLU()]
        layers.append(nn.MaxPool2d(2))
        channels = filters
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4096, 256), nn.ReLU(), nn.Linear(256, 10))


def alexnet():
    pool, relu = nn.MaxPool2d(3, 2), nn.ReLU()
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4), relu, pool, nn.Conv2d(96, 256, 5, padding=2), relu, pool, nn.Conv2d(256, 384, 3, padding=1), relu,
        nn.Conv2d(384, 384, 3, padding=1), relu, nn.Conv2d(384, 256, 3, padding=1), relu, pool, nn.Flatten(),
        nn.Linear(9216, 4096), relu, nn.Linear(4096, 4096), relu, nn.Linear(4096, 1000))


NETS = {
    "w1": lambda: nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1)),
    "w2": lambda: nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)),
    "w3": lambda: nn.Sequential(
        nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(30752, 128), nn.ReLU(), nn.Linear(128, 10)),
    "w4": Recurrent, "w5": vgg, "w6": resnet, "w7": Transformer, "w8": alexnet,
}


def optimizer(key, parameters):
    if key == "w6":
        return torch.optim.SGD(parameters, LEARNING_RATE, momentum=0.9, fused=True)
    kind = {"w7": torch.optim.AdamW, "w8": torch.optim.SGD}.get(key, torch.optim.Adam)
    return kind(parameters, LEARNING_RATE, fused=True)


class Contestant:
    infers = trains = True

    def __init__(self, key, variant, threads):
        torch.set_num_threads(threads)
        self.key, self.workload, self.variant = key, WORKLOADS[key], variant
        # Compiled networks are channels last too: it is the quicker way.
        self.format = torch.contiguous_format if variant == "eager" or not self.workload.is_image else torch.channels_last

    def compiled(self, function):
        return torch.compile(function, dynamic=False) if self.variant == "compile" else function

    def net(self):
        return NETS[self.key]().to(memory_format=self.format)

    def rows(self, count):
        x, y = map(torch.from_numpy, rows(self.key, count))
        if self.workload.is_image:
            x = x.permute(0, 3, 1, 2).contiguous(memory_format=self.format)
        return x, y.float()[:, None] if self.workload.is_binary else y.long()

    def predictor(self):
        return nn.Sequential(self.net(), nn.Sigmoid() if self.workload.is_binary else nn.Softmax(-1)).eval()

    def prepare(self, mode, batch):
        x, y = self.rows(batch)
        if mode == "infer":
            predict = self.compiled(self.predictor())

            @torch.inference_mode()
            def call():
                predict(x)

            return call
        net = self.net()
        rule = optimizer(self.key, net.parameters())

        def loss(x, y):
            logits = net(x)
            if self.workload.is_binary:
                return F.binary_cross_entropy_with_logits(logits, y)
            return F.cross_entropy(logits.flatten(0, -2), y.flatten())

        compiled = self.compiled(loss)

        def step():
            rule.zero_grad()
            compiled(x, y).backward()
            rule.step()

        return step


if __name__ == "__main__":  # peer_torch.py WORKLOAD BATCH FILE
    key, batch, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    contestant = Contestant(key, "eager", 1)
    torch.onnx.export(contestant.predictor(), (contestant.rows(batch)[0],), file, dynamo=True, external_data=False, verbose=False)
