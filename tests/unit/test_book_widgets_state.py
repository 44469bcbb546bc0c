import json

import pytest

from book.widgets.state import CLASS, brought_up_to_date, minified, todays_files

VIEW, MAP = "aelib.live.explorer.ExplorerView", "aelib.live.latent_map.LatentMap"
TRAINER = "aelib.live.trainer.TrainerView"


def saved(**models):
    """A saved state as MyST-NB writes it on a page."""
    state = {name: {"model_name": "AnyModel", "state": values} for name, values in models.items()}
    return json.dumps({"version_major": 2, "state": state}).replace("</script", r"<\/script")


def test_a_widget_gets_today_s_script_and_style_sheet_and_keeps_its_values():
    old = {CLASS: VIEW, "_esm": "old", "_css": "old", "noise": 0.5, "text": "</script> & 编码"}
    new = brought_up_to_date(saved(one=old), {VIEW: {"_esm": "</script>new", "_css": "a {}"}})
    assert "</script" not in new
    values = json.loads(new.replace(r"<\/script", "</script"))["state"]["one"]["state"]
    assert values == old | {"_esm": "</script>new", "_css": "a {}"}


def test_other_widgets_stay_as_they_are():
    state = saved(slider={"value": 1}, other={CLASS: "somebody.Else", "_esm": "theirs"})
    assert json.loads(brought_up_to_date(state, todays_files())) == json.loads(state)


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


def test_minified_files_say_the_same_in_half_the_weight():
    files = todays_files()
    small = minified(files)
    for name, own in files.items():
        assert small[name].keys() == own.keys()
        assert len(small[name]["_esm"]) < 0.5 * len(own["_esm"])
    assert "export default" in small[TRAINER]["worker"]  # what train_client.js looks for
    assert small[VIEW]["_esm"].count("/*") == 0
