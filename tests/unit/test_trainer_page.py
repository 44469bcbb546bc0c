"""The trainer on a page in Node: what is set, and what becomes of a press when things go wrong."""

import pytest
from browser_code import on_a_page
from training_worker import BESIDE, state

from aelib import Trainer
from aelib.live.recipe import plain, recipe_of

pytestmark = pytest.mark.slow

SMALL = {"hidden": (16,), "latent": 2, "count": 1_000}


def beside(steps: str, **settings: object) -> object:
    """Run some steps on the page of a trainer with a kernel."""
    return on_a_page("trainer.js", state(Trainer(**SMALL | settings)), BESIDE + steps, kernel=True)


OTHERS = {"rate": 0.005, "batch": 100, "count": 2_500}


def test_a_setting_that_only_python_offers_is_shown_among_the_others():
    shown = """
      return ["rate", "batch", "count"].map((name) => {
        const select = page.find(`.ae-${name}`);
        return [select.options[select.selectedIndex]?.textContent, select.options.length];
      });
    """
    assert beside(shown, **OTHERS) == [["0.005", 8], ["100", 6], ["2,500 幅（约 1 MB）", 4]]
    assert [number for _, number in beside(shown)] == [7, 5, 3]


def test_a_setting_that_only_python_offers_comes_back_from_the_address():
    recipe = plain(recipe_of(**SMALL | OTHERS))
    steps = """
      const before = page.model.get("recipe");
      page.go("#tr1=preset:free,hidden:16,latent:2,rate:0.005,batch:100,count:2500");
      return [before, page.model.get("recipe")];
    """
    trainer = Trainer(**SMALL | OTHERS)
    trainer.view.name = "tr1"
    before, after = on_a_page("trainer.js", state(trainer), steps)
    assert before == after == recipe


DURING = """
  const send = page.model.send;
  page.model.send = ({ part }) => setTimeout(() => { DOES; send({ part }); });
  page.click(".ae-epoch");
  await until("paused");
  await page.wait(100);
  return [dataset.state, dataset.step, said()];
"""


def test_what_is_set_while_images_come_is_not_trained_without():
    change = 'page.model.set("latent", 8)'
    doing, steps, said = beside(DURING.replace("DOES", change))
    assert (doing, steps) == ("paused", "0")
    assert "设置已改" in said


def test_nothing_is_trained_in_a_tab_that_was_hidden_while_images_came():
    hide = 'Object.defineProperty(document, "hidden", { value: true, configurable: true })'
    doing, steps, _ = beside(DURING.replace("DOES", hide))
    assert (doing, steps) == ("paused", "0")


REFUSED = """
  const { Module, Memory } = WebAssembly;
  const refuse = (error) => function () { throw error; };
  REFUSE;
  page.click(".ae-step");
  await until("failed");
  const first = said();
  Object.assign(WebAssembly, { Module, Memory });
  page.click(".ae-step");
  await until("paused");
  return [first, dataset.step];
"""


@pytest.mark.parametrize(
    ("refuse", "sentence"),
    [
        ('WebAssembly.Module = refuse(new Error("unsafe-eval"))', "不允许在浏览器里训练"),
        ('WebAssembly.Memory = refuse(new RangeError("no memory"))', "没有给够内存"),
    ],
)
def test_kernels_or_memory_that_are_refused_are_said_and_the_next_press_works(refuse, sentence):
    said, step = beside(REFUSED.replace("REFUSE", refuse))
    assert sentence in said
    assert step == "1"


def test_a_change_halts_the_training_and_goes_on_being_said_when_it_has_come_to_rest():
    steps = """
      page.click(".ae-start");
      await until("training");
      page.model.set("latent", 8);
      await until("paused");
      return said();
    """
    assert "设置已改" in beside(steps, hidden=(512, 512))
