from statistics import NormalDist

import numpy as np
from browser_code import evaluate

from aelib.live.random_numbers import _quantile, bits, gaussian, shuffled

PLACES = np.concatenate([np.arange(20_000), 2**32 - 1 - np.arange(5)])


def test_both_languages_draw_the_same_bits():
    program = "d.places.map(m.numbers(d.seed, d.stream).bits)"
    for seed, stream in ((0, 0), (7, 3), (2**32 - 1, 12)):
        data = {"seed": seed, "stream": stream, "places": PLACES.tolist()}
        found = evaluate("random.js", program, data)
        assert found == bits(seed, stream, PLACES).tolist()


def test_both_languages_draw_the_same_gaussian_numbers_to_the_last_bit():
    program = "Float32Array.from(d, m.numbers(5, 2).gaussian)"
    found = np.array(evaluate("random.js", program, PLACES.tolist()), dtype=np.float32)
    assert (found == gaussian(5, 2, PLACES)).all()


def test_both_languages_shuffle_alike_and_leave_nothing_out():
    found = evaluate("random.js", "m.shuffled(60000, 3, 1)")
    assert found == shuffled(60_000, 3, 1).tolist()
    assert sorted(found) == list(range(60_000))


def test_gaussian_numbers_are_the_normal_quantiles_of_uniform_ones():
    p = np.concatenate([[0.5 / 2**32, 1e-8], np.linspace(0.001, 0.999, 997), [1 - 1e-8]])
    exact = [NormalDist().inv_cdf(value) for value in p]
    np.testing.assert_allclose(_quantile(p), exact, rtol=2e-7, atol=1e-9)


def test_streams_and_seeds_have_nothing_to_do_with_each_other():
    draws = [gaussian(seed, stream, PLACES) for seed in (0, 1) for stream in (0, 1)]
    correlation = np.corrcoef(draws) - np.eye(4)
    assert np.abs(correlation).max() < 0.03
    assert abs(np.std(draws) - 1) < 0.01
