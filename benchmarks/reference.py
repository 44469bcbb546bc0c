"""Straightforward training scripts, as a reader of the textbook would write them.

They are what ``aelib.fit`` is timed against: same networks, epochs, batch sizes and learning
rates. Exercises 3 and 4a collect single samples through a ``DataLoader``; exercises 2 and 4b
shuffle float64 NumPy arrays and turn each slice into a tensor. Plain Adam, default settings.
"""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class ImageDataset(Dataset):
    """One image at a time, as its own target."""

    def __init__(self, images: np.ndarray):
        self.images = torch.tensor(images)

    def __len__(self) -> int:
        """Count the images."""
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return an image twice: input and target."""
        return self.images[index], self.images[index]


def train_from_loader(model, images, *, epochs, batch_size, learning_rate, noise_factor) -> float:
    """Train with a DataLoader and the MSE (exercises 3 and 4a); return the last epoch's loss."""
    loader = DataLoader(ImageDataset(images), batch_size=batch_size, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    criterion = nn.MSELoss()
    for _ in range(epochs):
        total = 0.0
        for inputs, targets in loader:
            if noise_factor:
                inputs = torch.clamp(inputs + noise_factor * torch.randn_like(inputs), 0.0, 1.0)
            loss = criterion(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
    return total / len(loader)


def train_from_slices(model, inputs, targets, *, epochs, batch_size, learning_rate) -> float:
    """Train on slices of float64 arrays and half the MSE (2 and 4b); return the last loss."""
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(len(inputs))
        shuffled_inputs = inputs[order]
        shuffled_targets = shuffled_inputs if targets is inputs else targets[order]
        losses = []
        for start in range(0, len(inputs), batch_size):
            batch = torch.from_numpy(shuffled_inputs[start : start + batch_size]).float()
            wanted = torch.from_numpy(shuffled_targets[start : start + batch_size]).float()
            loss = 0.5 * nn.functional.mse_loss(model(batch), wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return float(np.mean(losses))
