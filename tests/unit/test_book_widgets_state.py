import json

import pytest
from browser_code import evaluate

from book.widgets.apart import MARK, hand_over, tidy
from book.widgets.state import (
    CLASS,
    script_name,
    scripts,
    shown_first,
    slimmed,
    small_files,
    todays_files,
)

VIEW, MAP = "aelib.live.explorer.ExplorerView", "aelib.live.latent_map.LatentMap"
TRAINER = "aelib.live.trainer.TrainerView"


def saved(**models):
    """A saved state as MyST-NB writes it on a page."""
    state = {name: {"model_name": "AnyModel", "state": values} for name, values in models.items()}
    return json.dumps({"version_major": 2, "state": state}).replace("</script", r"<\/script")


def test_a_page_goes_without_scripts_and_weights_and_keeps_the_other_values():
    old = {CLASS: VIEW, "_esm": "old", "_css": "old", "noise": 0.5, "text": "</script> & 编码"}
    old["networks"] = [{"name": 2, "weights": "AAAA", "classifier": {"weights": "BBBB"}}]
    new, texts, widgets = slimmed(saved(one=old), {VIEW: {"_esm": "new", "_css": "a {}"}})
    assert "</script" not in new
    values = json.loads(new.replace(r"<\/script", "</script"))["state"]["one"]["state"]
    assert sorted(texts.values()) == ["AAAA", "BBBB"]
    (network,) = values.pop("networks")
    assert texts[network["weights"].removeprefix(MARK)] == "AAAA"
    assert texts[network["classifier"]["weights"].removeprefix(MARK)] == "BBBB"
    assert network["name"] == 2
    assert values == {CLASS: VIEW, "noise": 0.5, "text": "</script> & 编码"}
    assert widgets == [VIEW]


def test_what_is_loaded_when_it_is_wanted_is_named_in_the_page_and_stands_in_the_site():
    files = {TRAINER: {"_esm": "a", "_css": "b", "worker": "c"}}
    new, _, _ = slimmed(saved(one={CLASS: TRAINER, "_esm": "", "worker": "old"}), files)
    (model,) = json.loads(new)["state"].values()
    texts = scripts(files)
    assert texts[model["state"]["worker"].removeprefix(MARK)] == "c"
    assert json.loads(texts[script_name(TRAINER)]) == {"_esm": "a", "_css": "b"}


def test_other_widgets_stay_as_they_are():
    state = saved(slider={"value": 1}, other={CLASS: "somebody.Else", "_esm": "x", "weights": "y"})
    new, texts, widgets = slimmed(state, todays_files())
    assert json.loads(new) == json.loads(state)
    assert (texts, widgets) == ({}, [])


def test_texts_that_no_page_names_are_removed(tmp_path):
    static = tmp_path / "_static"
    for name in ("live/aaaa", "live/bbbb", "live/View", "live/View.worker", "mnist/test"):
        hand_over(static, name, "text")
    script = '<script src="../_static/live/View.js?v=1"></script>'
    state = json.dumps({"weights": f"{MARK}live/aaaa", "worker": f"{MARK}live/View.worker"})
    (tmp_path / "page.html").write_text(script + state, encoding="utf-8")
    tidy(static)
    left = {file.relative_to(static).as_posix() for file in static.rglob("*.js")}
    assert left == {"live/aaaa.js", "live/View.js", "live/View.worker.js", "mnist/test.js"}


def classes() -> dict:
    from aelib.live.explorer import ExplorerView
    from aelib.live.latent_map import LatentMap
    from aelib.live.trainer import TrainerView

    return {VIEW: ExplorerView, MAP: LatentMap, TRAINER: TrainerView}


def test_the_classes_are_those_that_anywidget_names_in_a_state():
    for name, widget in classes().items():
        assert f"{widget.__module__}.{widget.__qualname__}" == name
    assert set(todays_files()) == set(classes())


@pytest.mark.parametrize("name", [VIEW, MAP, TRAINER])
def test_today_s_files_are_those_that_the_widget_itself_would_load(name):
    widget = classes()[name]
    files = todays_files()[name]
    assert files["_esm"] == str(widget._esm)
    assert files["_css"] == str(widget._css)
    if name == TRAINER:
        assert files["worker"] == widget.worker.default_value


@pytest.fixture(scope="module")
def small() -> dict:
    """The files as a Chinese page is sent them."""
    return small_files("zh")


def test_a_page_is_sent_the_same_files_in_less_than_half_the_weight(small):
    files = todays_files()
    assert small.keys() == files.keys()
    for name, own in files.items():
        assert small[name].keys() == own.keys()
        assert len(small[name]["_esm"]) < 0.5 * len(own["_esm"])
    assert "export default" in small[TRAINER]["worker"]  # what train_client.js looks for
    assert small[VIEW]["_esm"].count("/*") == 0


def test_a_page_is_sent_the_words_of_its_language_and_all_where_its_language_has_none(small):
    english, third = small_files("en"), small_files("fr")
    said = {
        VIEW: ("自动编码器实验台", "Autoencoder explorer"),
        TRAINER: ("学习率", "Learning rate"),
    }
    for name, (in_chinese, in_english) in said.items():
        sent = [files[name]["_esm"] for files in (small, english, third)]
        assert [in_chinese in script for script in sent] == [True, False, True]
        assert [in_english in script for script in sent] == [False, True, True]


@pytest.mark.parametrize("name", [VIEW, MAP, TRAINER])
def test_what_a_page_is_sent_is_a_module_that_draws_the_widget(small, name, tmp_path):
    file = tmp_path / "sent.mjs"
    file.write_text(small[name]["_esm"], encoding="utf-8")
    assert evaluate(file, "typeof m.default.render") == "function"


def test_the_weights_that_a_widget_shows_first_are_found_below_it():
    networks = [{"weights": f"{MARK}live/{name}"} for name in ("one", "two")]
    state = json.loads(
        saved(
            box={"children": ["IPY_MODEL_slider", "IPY_MODEL_view"]},
            slider={"value": 0.5},
            view={"networks": networks, "choice": 1},
        )
    )["state"]
    assert shown_first(state, "box") == shown_first(state, "view") == "live/two"
    assert shown_first(state, "slider") == shown_first(state, "not saved") == ""
