"""Exercise 3: the answer key's decoder against the strict mirror."""

import aelib
from studies.page import page, unattended
from studies.study import Study, losses

PAGES = {
    "transposed": page("convolutional", "test", "build_encoder", "transposed", "history"),
    "upsampling": page("convolutional", "test", "build_encoder", "upsampling", "mirror_history"),
}


@unattended()
def run(decoder: str, seed: int) -> dict[str, float]:
    """Train one network as on the page: its loss after each epoch, its error on test images."""
    found = PAGES[decoder](SEED=seed)
    history = found["history" if decoder == "transposed" else "mirror_history"]
    rebuilt = aelib.evaluate(found[decoder], found["test"])
    return {"mse": aelib.mse(rebuilt, found["test"])} | losses(history)


STUDY = Study("convolutional", run, {"decoder": [*PAGES]}, seeds=range(10), seconds=300)
