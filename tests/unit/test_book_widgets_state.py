import json

import pytest

from book.widgets.state import CLASS, brought_up_to_date, todays_files

VIEW, MAP = "aelib.live.explorer.ExplorerView", "aelib.live.latent_map.LatentMap"


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


def test_the_classes_are_those_that_anywidget_names_in_a_state():
    from aelib.live.explorer import ExplorerView
    from aelib.live.latent_map import LatentMap

    for name, widget in ((VIEW, ExplorerView), (MAP, LatentMap)):
        assert f"{widget.__module__}.{widget.__qualname__}" == name
    assert set(todays_files()) == {VIEW, MAP}


@pytest.mark.parametrize("name", [VIEW, MAP])
def test_today_s_files_are_those_that_the_widget_itself_would_load(name):
    from aelib.live.explorer import ExplorerView
    from aelib.live.latent_map import LatentMap

    widget = {VIEW: ExplorerView, MAP: LatentMap}[name]
    files = todays_files()[name]
    assert files == {"_esm": str(widget._esm), "_css": str(widget._css)}
