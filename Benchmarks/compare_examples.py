"""The accuracy of the examples beside scikit-learn's network of the same size, on the same split, for four seeds each.

Part of `make compare`; the figures stand in the examples' READMEs.
"""

import json
import pathlib
import subprocess
import tempfile
import warnings

import numpy
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

ROOT = pathlib.Path(__file__).resolve().parent.parent


def ours(name, folder, metric):
    program = folder / name
    subprocess.run([ROOT / ".build/release/dlc", "compile", ROOT / f"Examples/{name}/model.swift", "-o", folder], check=True, capture_output=True)
    found = []
    for seed in range(4):
        subprocess.run([program, "train", "--seed", str(seed), "--validation", "0.2", "--checkpoint", folder / "w", "--log-json", folder / "log"],
                       check=True, capture_output=True)
        found.append(json.loads((folder / "log").read_text().splitlines()[-1])[f"val_{metric}"])
    return found


def theirs(name, make, scaled):
    data = numpy.loadtxt(ROOT / f"Examples/{name}/{name}.csv", delimiter=",", skiprows=1)
    x, y = (data[:, 1:], data[:, 0]) if name == "digits" else (data[:, :-1], data[:, -1])
    rows = int(len(x) * 0.8 + 1e-9)
    x = StandardScaler().fit(x[:rows]).transform(x) if scaled else x / 16
    found = []
    for seed in range(4):
        model = make(seed).fit(x[:rows], y[:rows])
        found.append(numpy.abs(model.predict(x[rows:]) - y[rows:]).mean() if name == "diabetes" else model.score(x[rows:], y[rows:]))
    return found


EXAMPLES = {
    "digits": ("accuracy", False, lambda seed: MLPClassifier((256, 128), learning_rate_init=2e-3, batch_size=32, max_iter=40, random_state=seed)),
    "breast_cancer": ("accuracy", True, lambda seed: MLPClassifier((32,), learning_rate_init=1e-3, batch_size=32, max_iter=30, random_state=seed)),
    "diabetes": ("mean_absolute_error", True, lambda seed: MLPRegressor(hidden_layer_sizes=(16,), learning_rate_init=1e-2, batch_size=32, max_iter=60, alpha=2e-2, random_state=seed)),
}

if __name__ == "__main__":
    warnings.filterwarnings("ignore")  # it says of every run of so few epochs that it has not converged
    for name, (metric, scaled, make) in EXAMPLES.items():
        with tempfile.TemporaryDirectory() as folder:
            for who, found in (("dlc", ours(name, pathlib.Path(folder), metric)), ("scikit-learn", theirs(name, make, scaled))):
                print(f"{name:14} {metric:20} {who:13}", " ".join(f"{value:8.4f}" for value in found), f"  mean {numpy.mean(found):.4f}")
