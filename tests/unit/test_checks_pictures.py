"""Features and error maps, where they are off by a little only."""

import torch

from aelib import checks


def test_codes_in_another_order_are_told_so_also_where_they_are_a_little_off():
    def backwards(encoder, images):
        with torch.no_grad():
            return encoder(images).flip(0) + 5e-5

    [message] = checks.feature_extraction(backwards).messages
    assert "not one for each in the order of the images" in message
