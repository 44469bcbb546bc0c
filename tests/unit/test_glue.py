import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML
from IPython.utils.capture import capture_output

from aelib.glue import GLUE_PREFIX, glue


@pytest.fixture(autouse=True)
def shell():
    return InteractiveShell.instance()


def glued(**values):
    """Return what a notebook would store: (name, data) of each output."""
    with capture_output() as captured:
        glue(**values)
    outputs = captured.outputs
    return [(output.metadata["scrapbook"]["name"], output.data) for output in outputs]


def test_a_number_is_recorded_under_its_name_out_of_sight():
    assert glued(loss=0.25) == [("loss", {GLUE_PREFIX + "text/plain": "0.25"})]


def test_a_numpy_number_is_recorded_as_a_plain_one():
    assert glued(loss=np.float64(0.25)) == [("loss", {GLUE_PREFIX + "text/plain": "0.25"})]


def test_a_text_is_recorded_without_quotes():
    assert glued(difference="+1.4%") == [("difference", {GLUE_PREFIX + "text/plain": "+1.4%"})]


def test_a_table_is_recorded_as_html():
    ((name, data),) = glued(table=HTML("<table></table>"))
    assert name == "table"
    assert data[GLUE_PREFIX + "text/html"] == "<table></table>"
