"""Time ``aelib.fit`` against straightforward scripts: ``make bench``.

Each training runs in a process of its own, the reference and ours in turn, so that neither finds
a warm cache or a tuned allocator. Prints a table and writes ``_build/bench.json``.
"""

import argparse
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import reference
import torch
from torch import nn

import aelib

REPORT = Path(__file__).resolve().parent.parent / "_build" / "bench.json"
SEED = 0


def fully_connected(sizes, activation):
    """Return the network of exercises 2 and 4 and its multiply-adds for one image."""
    network = nn.Sequential(*aelib.mlp_autoencoder(sizes, activation))
    pairs = itertools.pairwise(sizes)
    return network, 2 * sum(a * b for a, b in pairs)


def convolutional():
    """Return the answer key's network of exercise 3 and its multiply-adds for one image."""
    network = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.ConvTranspose2d(32, 16, 2, stride=2),
        nn.ReLU(),
        nn.ConvTranspose2d(16, 1, 2, stride=2),
        nn.Sigmoid(),
        nn.Flatten(),
    )
    encoder = 28 * 28 * 16 * 9 + 14 * 14 * 32 * 16 * 9
    decoder = 14 * 14 * 16 * 32 + 28 * 28 * 16
    return network, encoder + decoder


def fit_fresh(network, train, epochs):
    """Exercise 4a, ours: fresh noise for each batch."""
    return aelib.fit(
        network,
        train,
        epochs=epochs,
        batch_size=64,
        corrupt=lambda batch, generator: aelib.add_noise(batch, 0.2, generator=generator),
        seed=SEED,
    )


def sigmoid_recipe(epochs):
    """Return epochs, batch size and learning rate of exercises 2 and 4b."""
    return {"epochs": epochs, "batch_size": 256, "learning_rate": 0.01}


def fixed_noise(train):
    """Exercise 4b: add noise of factor 0.5 once, for all epochs."""
    return aelib.add_noise(train, 0.5, generator=torch.Generator().manual_seed(SEED))


def run(exercise: str, side: str, epochs: int) -> dict[str, float]:
    """Train one exercise on one side; return its seconds, final loss and floating-point speed."""
    train = torch.from_numpy(aelib.load_mnist().train.images)
    torch.manual_seed(SEED)
    if exercise == "3":
        network, multiply_adds = convolutional()
    elif exercise == "4a":
        network, multiply_adds = fully_connected(aelib.RELU_SIZES, nn.ReLU)
    else:
        network, multiply_adds = fully_connected(aelib.SIGMOID_SIZES, nn.Sigmoid)
    inputs = fixed_noise(train) if exercise == "4b" else train
    if side == "reference" and exercise in ("2", "4b"):
        doubles = inputs.double().numpy()
        targets = doubles if inputs is train else train.double().numpy()
    start = time.perf_counter()
    if side == "reference" and exercise in ("2", "4b"):
        loss = reference.train_from_slices(network, doubles, targets, **sigmoid_recipe(epochs))
    elif side == "reference":
        loss = reference.train_from_loader(
            network,
            train.numpy(),
            epochs=epochs,
            batch_size=64,
            learning_rate=1e-3,
            noise_factor=0.2 if exercise == "4a" else 0,
        )
    elif exercise == "4a":
        loss = fit_fresh(network, train, epochs).final_loss
    elif exercise == "3":
        loss = aelib.fit(network, train, epochs=epochs, batch_size=64, seed=SEED).final_loss
    else:
        loss = aelib.fit(
            network, inputs, train, loss=aelib.half_mse, seed=SEED, **sigmoid_recipe(epochs)
        ).final_loss
    seconds = time.perf_counter() - start
    # Forward and backward pass take about three multiply-adds for each of the forward pass.
    operations = 2 * 3 * multiply_adds * len(train) * epochs
    return {"seconds": seconds, "loss": loss, "gflops": operations / seconds / 1e9}


def sgemm_peak(size: int = 2048, repeats: int = 10) -> float:
    """Measure float32 matrix multiplication, the best of several, in GFLOP/s."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return 2 * size**3 / min(times) / 1e9


def in_own_process(exercise: str, side: str, epochs: int) -> dict[str, float]:
    """Run one training in a fresh interpreter and read its figures."""
    command = [sys.executable, __file__, "--epochs", str(epochs), "--only", exercise, side]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(finished.stdout.splitlines()[-1])


def main() -> None:
    """Run all four exercises on both sides, print the table, write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", nargs=2, metavar=("EXERCISE", "SIDE"), help="one run, as JSON")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(run(*arguments.only, arguments.epochs)))
        return
    peak = sgemm_peak()
    print(f"{arguments.epochs} epochs, {torch.get_num_threads()} threads, sgemm {peak:.0f} GFLOP/s")
    print("exercise   seconds  reference   ratio    loss  reference loss  share of sgemm")
    rows = {}
    for exercise in ("2", "3", "4a", "4b"):
        theirs = in_own_process(exercise, "reference", arguments.epochs)
        ours = in_own_process(exercise, "ours", arguments.epochs)
        ratio = theirs["seconds"] / ours["seconds"]
        share = ours["gflops"] / peak
        print(
            f"{exercise:8s} {ours['seconds']:9.1f} {theirs['seconds']:10.1f} {ratio:7.2f} "
            f"{ours['loss']:7.4f} {theirs['loss']:15.4f} {share:15.0%}",
            flush=True,
        )
        rows[exercise] = {"ours": ours, "reference": theirs, "ratio": ratio, "sgemm_share": share}
    sums = {
        side: float(np.sum([row[side]["seconds"] for row in rows.values()]))
        for side in ("ours", "reference")
    }
    ratio = sums["reference"] / sums["ours"]
    print(f"{'sum':8s} {sums['ours']:9.1f} {sums['reference']:10.1f} {ratio:7.2f}")
    REPORT.parent.mkdir(exist_ok=True)
    partial = REPORT.with_suffix(".part")
    report = {"epochs": arguments.epochs, "sgemm_gflops": peak, "exercises": rows, "ratio": ratio}
    partial.write_text(json.dumps(report, indent=2), encoding="utf-8")
    partial.replace(REPORT)


if __name__ == "__main__":
    main()
