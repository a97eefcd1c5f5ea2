"""What the examples of sequences reach beside PyTorch: the same network, data, optimizer, batches and epochs, for three seeds.

Part of `make compare`; the figures stand in the examples' READMEs. PyTorch begins with its own initial weights.
"""

import argparse
import csv
import json
import math
import pathlib
import subprocess
import tempfile
from collections import Counter

import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEEDS = range(1, 4)


def ours(name, metric, folder):
    """Validation after the last epoch."""
    command = [ROOT / ".build/release/dlc", "compile", ROOT / f"Examples/{name}/model.swift", "-o", folder]
    subprocess.run(command, check=True, capture_output=True)
    found = []
    for seed in SEEDS:
        subprocess.run(
            [folder / name, "train", "--seed", str(seed), "--checkpoint", folder / "weights", "--log-json", folder / "log"],
            check=True, capture_output=True, cwd=ROOT / f"Examples/{name}")
        found.append(json.loads((folder / "log").read_text().splitlines()[-1])[f"val_{metric}"])
    return found


class Last(nn.Module):
    """Of a sequence [rows, time, units] the last step."""

    def forward(self, x):
        return x[:, -1]


class Recurrent(nn.Module):
    def __init__(self, size, units):
        super().__init__()
        self.lstm = nn.LSTM(size, units, batch_first=True)

    def forward(self, x):
        return self.lstm(x)[0]


class Block(nn.Module):
    def __init__(self, size, heads, dropout):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(size), nn.LayerNorm(size)])
        self.attention = nn.MultiheadAttention(size, heads, batch_first=True)
        self.hidden = nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size), nn.Dropout(dropout))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        y = self.norms[0](x)
        x = x + self.dropout(self.attention(y, y, y, attn_mask=mask, is_causal=True, need_weights=False)[0])
        return x + self.hidden(self.norms[1](x))


class Positions(nn.Module):
    def __init__(self, length, size):
        super().__init__()
        self.vectors = nn.Parameter(torch.empty(length, size).uniform_(-0.05, 0.05))

    def forward(self, x):
        return x + self.vectors


def tokens_by_frequency(words, vocabulary):
    """From 2 on, the most frequent first; 1 is the rest."""
    ranked = [word for word, _ in Counter(words).most_common(vocabulary - 2)]
    return {word: number + 2 for number, word in enumerate(ranked)}


def windows(length):
    text = (ROOT / "Examples/characters/gpl-3.txt").read_text()
    numbers = tokens_by_frequency(text, 80)
    tokens = torch.tensor([numbers.get(character, 1) for character in text])
    count = (len(tokens) - 1) // length
    return tokens[: count * length].view(count, length), tokens[1 : count * length + 1].view(count, length)


def reviews():
    with open(ROOT / "Examples/sentiment/reviews.csv") as file:
        rows = [(row["review"].split(), float(row["praises"])) for row in csv.DictReader(file)]
    numbers = tokens_by_frequency([word for words, _ in rows for word in words], 120)
    x = torch.zeros(len(rows), 24, dtype=torch.long)
    for row, (words, _) in enumerate(rows):
        x[row, : len(words)] = torch.tensor([numbers.get(word, 1) for word in words])
    return x, torch.tensor([[label] for _, label in rows])


def changes():
    with open(ROOT / "Examples/co2/windows.csv") as file:
        rows = torch.tensor([[float(value) for value in row] for row in list(csv.reader(file))[1:]])
    return rows[:, :-1, None], rows[:, -1:]


def cross_entropy(y, t):
    return nn.functional.cross_entropy(y.transpose(1, 2), t)


def perplexity(y, t):
    return math.exp(cross_entropy(y, t))


def accuracy(y, t):
    return ((y > 0) == (t > 0.5)).float().mean().item()


def mean_absolute_error(y, t):
    return (y - t).abs().mean().item()


def without_network(x, y):
    """What the changes are guessed by else: that of a year before, and none. 52 weeks end with the last measurement."""
    return {"a year before": mean_absolute_error(x[:, 12] - x[:, 0], y), "no change": mean_absolute_error(0 * y, y)}


EXAMPLES = {
    "sentiment": dict(
        metric=accuracy, data=reviews, loss=nn.functional.binary_cross_entropy_with_logits, rate=2e-3, epochs=20, batch=32, held=0.2,
        make=lambda: nn.Sequential(nn.Embedding(120, 16), Recurrent(16, 50), Recurrent(50, 50), Last(), nn.Linear(50, 1))),
    "co2": dict(
        guesses=without_network,
        metric=mean_absolute_error, data=changes, loss=nn.functional.mse_loss, rate=3e-3, epochs=30, batch=32, held=0.2,
        make=lambda: nn.Sequential(Recurrent(1, 32), Last(), nn.Linear(32, 1))),
    "characters": dict(
        metric=perplexity, data=lambda: windows(64), loss=cross_entropy, rate=5e-3, epochs=25, batch=16, held=0.1,
        make=lambda: nn.Sequential(nn.Embedding(80, 32), Recurrent(32, 128), nn.Linear(128, 80))),
    "characters_transformer": dict(
        metric=perplexity, data=lambda: windows(64), loss=cross_entropy, rate=1e-3, epochs=20, batch=16, held=0.1,
        make=lambda: nn.Sequential(
            nn.Embedding(80, 64), Positions(64, 64), *[Block(64, 4, 0.1) for _ in range(4)], nn.LayerNorm(64), nn.Linear(64, 80))),
}


def theirs(example):
    x, t = example["data"]()
    kept = int(len(x) * (1 - example["held"]) + 1e-9)
    found = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        model = example["make"]()
        optimizer = torch.optim.Adam(model.parameters(), example["rate"], eps=1e-7)
        for _ in range(example["epochs"]):
            model.train()
            for rows in torch.randperm(kept).split(example["batch"]):
                optimizer.zero_grad()
                example["loss"](model(x[rows]), t[rows]).backward()
                optimizer.step()
        model.eval()
        with torch.no_grad():
            found.append(example["metric"](model(x[kept:]), t[kept:]))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE", help=" ".join(EXAMPLES))
    for name in parser.parse_args().examples or EXAMPLES:
        example = EXAMPLES[name]
        metric = example["metric"].__name__
        with tempfile.TemporaryDirectory() as folder:
            for who, found in ("dlc", ours(name, metric, pathlib.Path(folder))), ("PyTorch", theirs(example)):
                print(f"{name:24} {metric:20} {who:14}", " ".join(f"{value:8.4f}" for value in found), flush=True)
        if "guesses" in example:
            x, y = example["data"]()
            kept = int(len(x) * (1 - example["held"]) + 1e-9)
            for who, value in example["guesses"](x[kept:], y[kept:]).items():
                print(f"{name:24} {metric:20} {who:14} {value:8.4f}")
