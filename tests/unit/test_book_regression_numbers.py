import pytest

from book.regression.numbers import Output


def here(text, name=""):
    return Output(text, exact=True, name=name)


def elsewhere(text, name=""):
    return Output(text, exact=False, name=name)


SAME_TEXT = [
    "train (60000, 784), test (10000, 784)",
    "epoch  1/10  loss 0.0309\nepoch  2/10  loss 0.0239",
    "Linear(in_features=784, out_features=256, bias=True)",
    "<td>96.47%</td><td>-1.4 %</td>",
    "",
]


@pytest.mark.parametrize("text", SAME_TEXT)
def test_equal_texts_are_equal_on_any_machine(text):
    assert here(text) == text
    assert elsewhere(text) == text
    assert (here(text) != text) is False


MOVED = {
    "a loss": ("epoch  8/10  loss 0.0100", "epoch  8/10  loss 0.0099"),
    "an accuracy": ("test accuracy 96.47%", "test accuracy 96.81%"),
    "a share of whole per cents": ("labels that changed: 90%", "labels that changed: 89%"),
    "a signed difference": ("+0.1 %", "-1.4 %"),
    "decibels": ("PSNR 16.4 dB", "PSNR 16.5 dB"),
    "a very small number": ("3.2e-08", "5.9e-08"),
    "the width of a table": ("loss   9.98\n", "loss  10.01\n"),
    "a number in a tag": ("<td>0.0264</td>", "<td>0.0259</td>"),
}


@pytest.mark.parametrize(("stored", "found"), MOVED.values(), ids=MOVED)
def test_what_processors_move_is_equal_elsewhere_and_differs_at_home(stored, found):
    assert elsewhere(stored) == found
    assert here(stored) != found


WRONG = {
    "a shape": ("train (60000, 784)", "train (60000, 785)"),
    "a count": ("parameters: 494,196", "parameters: 494,197"),
    "a count of per mille": ("exact 0", "exact 1"),
    "an epoch": ("epoch  9/10  loss 0.01", "epoch 10/10  loss 0.01"),
    "a word": ("loss 0.0100", "error 0.0100"),
    "a missing number": ("loss 0.0100 0.0200", "loss 0.0100"),
    "a further line": ("loss 0.0100", "loss 0.0100\nloss 0.0100"),
    "text and number": ("loss nan", "loss 0.0100"),
    "a number turned whole": ("loss 1.0", "loss 1"),
    "a digit in a name": ("Conv2d", "Conv1d"),
    "a version": ("torch 2.13.0", "torch 2.14.0"),
    "true and false": ("bit for bit: True", "bit for bit: False"),
    "a sign": ("loss 0.0100", "loss -0.0100"),
    "an accuracy by far": ("test accuracy 96.47%", "test accuracy 11.35%"),
    "a loss by a third": ("loss 0.0300", "loss 0.0200"),
    "a ratio by one per cent": ("PSNR 26.2000 dB", "PSNR 25.9380 dB"),
    "lost decimals": ("loss 0.0309", "loss 0.03"),
}


@pytest.mark.parametrize(("stored", "found"), WRONG.values(), ids=WRONG)
def test_what_no_processor_moves_differs_everywhere(stored, found):
    assert here(stored) != found
    assert elsewhere(stored) != found


@pytest.mark.parametrize(
    ("stored", "found"), [("0.0100", "0.0101"), ("96.47%", "96.46%"), ("0.0123456", "0.0123457")]
)
def test_at_home_a_number_has_to_come_out_to_the_printed_digit(stored, found):
    assert here(stored) != found


def test_at_home_a_glued_value_is_compared_to_six_digits():
    assert here("0.012345678901234") == "0.012345678909999"
    assert here("0.012345678901234") != "0.012345778901234"


def test_a_glued_value_is_known_by_its_name():
    assert elsewhere("0.9647", "features_accuracy") == "0.9700"
    assert elsewhere("0.9647", "features_accuracy") != "0.9400"
    assert elsewhere("0.2981", "features_accuracy_noisy") == "0.3232"
    assert elsewhere("0.2981", "features_accuracy_noisy") != "0.3632"
    assert elsewhere("0.000313563", "quiz_pair_distance") == "0.000360351"
    assert elsewhere("0.000313563", "quiz_pair_distance") != "0.000660351"
    assert elsewhere("26.2000", "convolutional_test_psnr") != "25.9380"
    assert elsewhere("0.0264", "denoising_mse") == "0.0259"


def test_a_difference_is_told_in_words_with_what_is_allowed():
    [said] = elsewhere("loss 0.0300 and 0.5000").differences("loss 0.0200 and 0.5000")
    assert said.startswith("0.0300 is now 0.0200: a loss or error may differ by 0.00")
    assert here("a 1").differences("b 1") == ["the text between the numbers"]


def test_texts_stay_texts():
    assert here("loss 0.1").splitlines() == ["loss 0.1"]
    assert hash(here("x")) == hash("x")
    assert here("1.0") != 1.0
