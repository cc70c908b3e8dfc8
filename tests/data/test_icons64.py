import json
import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import icons64
from tests.once import once

pytestmark = once("drawn by resvg, or by Pillow in its place")

# Packages in the order of their classes, and a name that each takes.
PACKAGES = {
    "circle-flags": "se",
    "flag": "se-4x3",
    "cryptocurrency-color": "btc",
    "material-icon-theme": "folder-js",
    "streamline-freehand-color": "tree",
    "streamline-ultimate-color": "tree",
    "meteocons": "rain",
    "fluent-color": "bin-24",
}


def icon(blue, **size):
    return {"body": f'<path fill="#0000{blue:02x}" d="M0 0h99v99H0z"/>', **size}


def install(folder, sets):
    """Sets of icons in `node_modules`; those not given have one icon, blue from 100."""
    for index, (package, name) in enumerate(PACKAGES.items()):
        path = folder / "node_modules" / "@iconify-json" / package / "icons.json"
        path.parent.mkdir(parents=True)
        icons = sets.get(package, {name: icon(100 + index)})
        path.write_text(json.dumps({"icons": icons, "width": 24}))


@pytest.fixture
def drawn(monkeypatch):
    """Pictures in the colour of the icon, in the place of resvg's; a list of them."""
    drawn = []

    def svg_to_bytes(svg_string, background, skip_system_fonts):
        assert background == "white" and skip_system_fonts
        drawn.append(svg_string)
        colour = re.search(r"#\w{6}", svg_string)[0]
        return list(Image.new("RGBA", (64, 64), colour)._repr_png_())

    resvg = types.SimpleNamespace(__version__="0", svg_to_bytes=svg_to_bytes)
    monkeypatch.setitem(sys.modules, "resvg_py", resvg)
    return drawn


def test_each_kind_takes_its_icons(tmp_path, monkeypatch, own_cache, drawn):
    sets = {
        "circle-flags": {
            "no": icon(1),
            "bv": icon(2),
            "sj": icon(2),
            "secret": icon(3, hidden=True),
            "empty": {"body": '<path fill="#ffffff"/>'},
        },
        "flag": {"se-1x1": icon(4), "se-4x3": icon(5, left=-1, height=12)},
        "material-icon-theme": {
            "folder-js": icon(6),
            "folder-js-open": icon(7),
            "java": icon(8),
            # The same as a flag.
            "folder-z": icon(1),
        },
        "streamline-ultimate-color": {"smiley-sad": icon(9), "tree": icon(105)},
        "fluent-color": {"bin-16": icon(9), "bin-24": icon(10)},
    }
    install(tmp_path, sets)
    (tmp_path / "project").mkdir()
    # As Node does, it looks in the folders above.
    monkeypatch.chdir(tmp_path / "project")
    source = icons64()

    blues = source.images[:, 0, 0, 2].tolist()
    assert blues == [2, 1, 5, 102, 6, 104, 105, 106, 10]
    assert source.labels().tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7]
    assert source.images.shape == (9, 64, 64, 3) and source.num_classes == 8
    assert source.class_names[3] == "folder" and len(source.class_names) == 8
    (flag,) = [svg for svg in drawn if "#000005" in svg]
    # What the icon says, what its set says, and the format's defaults.
    assert 'viewBox="-1 0 24 12" width="64" height="64"' in flag

    # Kept, until a set changes.
    del drawn[:]
    np.testing.assert_array_equal(icons64().images, source.images)
    assert not drawn
    path = tmp_path / "node_modules" / "@iconify-json" / "meteocons" / "icons.json"
    path.write_text(json.dumps({"icons": {"sun": icon(200)}}))
    assert 200 in icons64().images[..., 2] and drawn


def test_what_is_not_installed_is_asked_for(tmp_path, monkeypatch, drawn):
    monkeypatch.chdir(tmp_path)
    install(tmp_path, {})
    path = tmp_path / "node_modules" / "@iconify-json" / "flag" / "icons.json"
    path.unlink()
    with pytest.raises(ValueError, match="npm install @iconify-json") as error:
        icons64()
    message = str(error.value)
    releases = re.findall(r"@iconify-json/([\w-]+)@[\d.]*\d", message)
    assert releases == list(PACKAGES)
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
    asked = r"@iconify-json/\S+@[\d.]*\d"
    assert set(re.findall(asked, page)) == set(re.findall(asked, message))
    assert re.search(r"Received: source='icons64' \(no .*flag.icons.json in", message)

    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(ValueError, match=r"need resvg-py .*source='icons64' \(.*resvg"):
        icons64()


def test_resvg_draws_on_white_and_keeps_the_sides_ratio(
    tmp_path, monkeypatch, own_cache
):
    pytest.importorskip("resvg_py", reason="the extra `icons`")
    wide = {"body": '<path fill="#f00" d="M0 0h24v12H0z"/>', "height": 12}
    install(tmp_path, {"flag": {"wide-4x3": wide}})
    monkeypatch.chdir(tmp_path)
    source = icons64()
    (image,) = source.images[source.labels() == 1]
    expected = np.full((64, 64, 3), 255)
    expected[16:48] = [255, 0, 0]
    np.testing.assert_array_equal(image, expected)
