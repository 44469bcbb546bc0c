"""Whether a learner's training does what its exercise asks for, seen on a few small batches."""

from collections.abc import Callable

import torch
from torch import nn

from aelib.checks.corruption import judge_noise
from aelib.checks.probes import (
    EPOCHS,
    GRAY,
    Watch,
    digit_probe,
    nearest,
    noise_probe,
    quietly,
    watch,
)
from aelib.checks.result import Fault, Result
from aelib.checks.tasks import attempt, start
from aelib.mnist import Split, load_mnist
from aelib.models import RELU_SIZES, mlp_autoencoder

FACTOR = 0.05  # weak, so that noisy images are still nearest to their originals
AGREEMENT = 0.98  # of the gradient's signs; measured 1.00 for the right image, 0.5 by chance
SAME = 1e-3  # root mean square difference of pixels below which images count as equal


def autoencoder_training(
    train_autoencoder: Callable, pair: tuple[nn.Module, nn.Module] | None = None
) -> Result:
    """Check a learner's ``train_autoencoder(encoder, decoder, train, epochs)``.

    Parameters
    ----------
    train_autoencoder
        Trains both networks in place on the images of ``train``, a :class:`aelib.Split` of
        tensors: images float32 ``(n, 784)`` in [0, 1], labels int64 ``(n,)``.
    pair
        Encoder and decoder to train; without it a small pair of our own.
    """
    result = start("autoencoder_training", train_autoencoder)
    inspect_autoencoder_training(result, train_autoencoder, pair)
    return result.record()


def classifier_training(train_classifier: Callable) -> Result:
    """Check a learner's ``train_classifier(encoder, train, epochs)``, which returns a classifier.

    Parameters
    ----------
    train_classifier
        Trains a new network from codes to 10 scores, on the codes of the images of ``train``.
    """
    result = start("classifier_training", train_classifier)
    inspect_classifier_training(result, train_classifier)
    return result.record()


def denoiser_training(train_denoiser: Callable, *, fresh: bool) -> Result:
    """Check a learner's ``train_denoiser(encoder, decoder, train, factor, epochs)``.

    Parameters
    ----------
    train_denoiser
        Trains both networks in place to remove noise of that factor from images.
    fresh
        Whether the noise must be drawn anew for each batch, or once for all epochs.
    """
    variant = "fresh noise" if fresh else "noise drawn once"
    result = start(f"denoiser_training, {variant}", train_denoiser)
    inspect_denoiser_training(result, train_denoiser, fresh=fresh)
    return result.record()


def inspect_autoencoder_training(
    result: Result, train_autoencoder: Callable, pair: tuple[nn.Module, nn.Module] | None = None
) -> None:
    """Add the steps about the training of an autoencoder to a result."""
    data = load_mnist()
    train = digit_probe(data.train)
    with quietly():
        pair = pair or mlp_autoencoder(RELU_SIZES, nn.ReLU)
        before = _weights(pair)
        with result.step("both networks are trained"):
            seen = _train(train_autoencoder, pair, train)
            _judge_steps(seen)
        if not result.steps[-1].passed:
            return
        with result.step("gradients are zeroed before each step"):
            _judge_zeroing(seen)
        with result.step("the images handed in are trained on, in [0, 1]"):
            _judge_images(seen, train, data.test)
        with result.step("the loss compares the output with the image"):
            rows, gradient, outputs = _rows(seen)
            if _agreement(gradient, outputs - rows) < AGREEMENT:
                raise Fault(
                    "The loss does not pull the output towards the image that went in. What are "
                    "the two arguments of the loss?"
                )
        with result.step("labels have no part in it"):
            if _labels_matter(train_autoencoder, pair, before, train) or any(
                not target.is_floating_point() for _, target in seen.compared
            ):
                raise Fault(
                    "The labels have an effect on the weights: with other labels the same images "
                    "give another network. What may the loss of an autoencoder depend on?"
                )


def inspect_classifier_training(result: Result, train_classifier: Callable) -> None:
    """Add the steps about the training of a classifier to a result."""
    data = load_mnist()
    train = digit_probe(data.train)
    with quietly():
        encoder, decoder = mlp_autoencoder((784, 100), nn.Sigmoid)
        before = _weights((encoder,))
        with result.step("a classifier with 10 scores comes back"), watch(encoder, decoder) as seen:
            told = f"an encoder, {len(train.images)} images with labels, and {EPOCHS} epochs"
            classifier = attempt(train_classifier, encoder, train, EPOCHS, told=told)
            _judge_scores(classifier)
        with result.step("the encoder stays as it was"):
            if not torch.equal(before, _weights((encoder,))):
                raise Fault(
                    "The encoder's weights changed while the classifier was trained: its "
                    "features are no longer those of an autoencoder. Which parameters does the "
                    "optimizer get, and how far back do the gradients go?"
                )
        with result.step("the digits handed in are trained on"):
            if any(
                int(target.max()) > 3
                for _, target in seen.compared
                if not target.is_floating_point()
            ):
                raise Fault(
                    "Labels turned up in the loss that were not handed in. Is the function "
                    "training on other data than its argument, such as the test set?"
                )
        with result.step("cross-entropy gets scores, not probabilities"):
            if any(_are_probabilities(scores) for scores, _ in seen.compared):
                raise Fault(
                    "What goes into the cross-entropy is positive and adds up to 1 for each "
                    "image: softmax was applied before. Look up what cross_entropy expects, "
                    "and what it does itself."
                )


def inspect_denoiser_training(result: Result, train_denoiser: Callable, *, fresh: bool) -> None:
    """Add the steps about the training of a denoising autoencoder to a result."""
    variant = "fresh noise" if fresh else "noise drawn once"
    with quietly():
        train, pair = noise_probe(), mlp_autoencoder(RELU_SIZES, nn.ReLU)
        with result.step(f"{variant}: both networks are trained"):
            seen = _train(train_denoiser, pair, train, FACTOR)
            _judge_steps(seen)
        if not result.steps[-1].passed:
            return
        with result.step(f"{variant}: gradients are zeroed before each step"):
            _judge_zeroing(seen)
        noisy, gradient, outputs = _rows(seen)
        places, distances = nearest(noisy, train.images)
        with result.step(f"{variant}: noisy copies of the images handed in go into the network"):
            _judge_originals(noisy, distances)
        if not result.steps[-1].passed:
            return
        added = (noisy - train.images[places]) / FACTOR
        with result.step(f"{variant}: the noise is as strong as asked for"):
            judge_noise(float(added[:, GRAY].mean()), float(added[:, GRAY].std()))
        with result.step(f"{variant}: noisy pixels are clipped to [0, 1]"):
            low, high = float(noisy.min()), float(noisy.max())
            if low < 0 or high > 1:
                raise Fault(
                    f"The network is given pixels from {low:.2f} to {high:.2f}: the noise is not "
                    "clipped. What happens to values below 0 and above 1?"
                )
        with result.step(f"{variant}: the loss compares the output with the clean image"):
            _judge_target(gradient, outputs, noisy, train.images[places])
        with result.step(f"{variant}: {'new' if fresh else 'the same'} noise in every epoch"):
            _judge_freshness(noisy, places, fresh)


def _train(train: Callable, pair: tuple, *arguments: object) -> Watch:
    told = f"the networks, {len(arguments[0].images)} images and {EPOCHS} epochs"
    with watch(*pair) as seen:
        attempt(train, *pair, *arguments, EPOCHS, told=told)
    return seen


def _weights(networks: tuple) -> torch.Tensor:
    """All parameters of some networks in one tensor, (parameters,)."""
    parts = [p.detach().cpu().flatten() for network in networks for p in network.parameters()]
    return torch.cat(parts).clone()


def _labels_matter(train: Callable, pair: tuple, weights: torch.Tensor, data: Split) -> bool:
    """Train from the same weights and random numbers with true and with mixed labels."""
    parameters = [p for network in pair for p in network.parameters()]

    def trained_on(labels: torch.Tensor) -> torch.Tensor:
        start = weights.clone().to(parameters[0].device)  # whose memory the parameters will share
        nn.utils.vector_to_parameters(start, parameters)
        with quietly():
            attempt(train, *pair, Split(data.images, labels), EPOCHS)
        return _weights(pair)

    first, mixed = trained_on(data.labels), trained_on(data.labels.flip(0))
    if torch.equal(first, mixed):
        return False
    return torch.equal(first, trained_on(data.labels))  # else it was chance, not the labels


def _judge_steps(seen: Watch) -> None:
    if not seen.encoded:
        raise Fault("The encoder was never called. Give it the batch: `encoder(batch)`.")
    if not seen.passes:
        raise Fault(
            "No gradient came back to the decoder's output. Is the loss computed from it, and "
            "is backward() called?"
        )
    if not seen.steps:
        raise Fault(
            "No step of an optimizer moved the decoder. Does the optimizer get the parameters of "
            "both networks, and is step() called for each batch?"
        )


def _judge_zeroing(seen: Watch) -> None:
    if seen.stale_steps:
        raise Fault(
            f"In {seen.stale_steps} of {seen.steps} steps the gradient still held those of "
            "earlier batches: they add up until somebody sets them to zero. Where in the loop "
            "does that happen?"
        )


def _rows(seen: Watch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return inputs, gradients and outputs of all images trained on, each (n, 784)."""
    inputs = torch.cat([one.inputs.flatten(1) for one in seen.passes]).float()
    gradients = torch.cat([one.gradient for one in seen.passes]).float()
    outputs = torch.cat([one.outputs for one in seen.passes]).float()
    return inputs, gradients, outputs


def _judge_images(seen: Watch, train: Split, test: Split) -> None:
    rows, _, _ = _rows(seen)
    if float(rows.max()) > 1.5:
        raise Fault(
            f"The network is given pixels up to {float(rows.max()):.0f}: images in [0, 1] were "
            "handed in, so somebody multiplied by 255 or did not divide. Which range does the "
            "decoder's output have?"
        )
    if bool((nearest(rows, train.images)[1] < SAME).all()):
        return
    if bool((nearest(rows[:32], torch.as_tensor(test.images))[1] < SAME).any()):
        raise Fault(
            "Test images are trained on: what the network has seen in training says nothing "
            "about new images. Which images does the loop go over?"
        )
    raise Fault(
        "Other images than those handed in go into the network. Does the loop go over "
        "`train.images`, and are they left as they are?"
    )


def _judge_originals(noisy: torch.Tensor, distances: torch.Tensor) -> None:
    if float(noisy.max()) > 2:
        raise Fault(
            f"The network is given pixels up to {float(noisy.max()):.0f}; images in [0, 1] were "
            "handed in. Which range does the decoder's output have?"
        )
    if float(distances.median()) > 3 * FACTOR:
        raise Fault(
            "What goes into the network is not a noisy copy of the images handed in: it is too "
            "far from all of them. Does the loop go over `train.images`, and is the noise "
            "multiplied by the factor?"
        )


def _judge_target(
    gradient: torch.Tensor, outputs: torch.Tensor, noisy: torch.Tensor, clean: torch.Tensor
) -> None:
    if _agreement(gradient, outputs - clean) >= AGREEMENT:
        return
    if _agreement(gradient, outputs - noisy) >= AGREEMENT:
        raise Fault(
            "The loss compares the output with the noisy image: the network learns to keep the "
            "noise. What should come out in the best case?"
        )
    raise Fault(
        "The loss does not pull the output towards the clean image. What are the two arguments "
        "of the loss, and do their rows belong together?"
    )


def _agreement(gradient: torch.Tensor, difference: torch.Tensor) -> float:
    """Share of the pixels whose gradient has the sign of output minus target.

    So it is for the squared error, the absolute error and the binary cross-entropy, whatever
    their factors. Pixels with a gradient of exactly 0 are left out.
    """
    told = gradient != 0
    return float((gradient.sign() == difference.sign())[told].double().mean())


def _judge_freshness(noisy: torch.Tensor, places: torch.Tensor, fresh: bool) -> None:
    """Compare the noisy copies of the image that was seen most often."""
    most = int(places.bincount().argmax())
    copies = noisy[places == most]
    differ = float((copies - copies[0]).abs().max()) > SAME
    if fresh and not differ:
        raise Fault(
            "In every epoch an image comes with the same noise. Where in the code is the noise "
            "drawn, and how often does that line run?"
        )
    if not fresh and differ:
        raise Fault(
            "An image comes with another noise in every epoch. Where in the code is the noise "
            "drawn, and how often does that line run?"
        )


def _judge_scores(classifier: object) -> None:
    if not isinstance(classifier, nn.Module):
        raise Fault(
            f"The trained classifier is expected back; found {type(classifier).__name__}. Does "
            "the function end with `return classifier`?"
        )
    device = next((p.device for p in classifier.parameters()), "cpu")
    with torch.no_grad():
        scores = attempt(classifier, torch.rand(16, 100, device=device), told="codes (16, 100)")
    if not isinstance(scores, torch.Tensor) or scores.shape != (16, 10):
        found = tuple(scores.shape) if hasattr(scores, "shape") else type(scores).__name__
        raise Fault(
            f"16 codes must give scores (16, 10), one for each digit; found {found}. How wide "
            "is the last layer?"
        )


def _are_probabilities(scores: torch.Tensor) -> bool:
    return bool((scores >= 0).all()) and torch.allclose(
        scores.sum(-1), torch.ones(len(scores)), atol=1e-4
    )
