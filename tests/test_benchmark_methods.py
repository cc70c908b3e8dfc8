"""What `python -m benchmarks.methods` says of a table."""

from benchmarks import machine
from benchmarks.methods import METHODS, matrix, pack, shape, unpack, verdicts
from tests.once import once

pytestmark = once("tables of text alone")

FRACTIONS = [0.025, 0.1]


def rows(**fids):
    """A row a method and fraction, with the FIDs of the paper's shape unless given."""
    ordered = {
        **{"biggan": 10.0, "s3gan": 10.0, "s2gan": 11.0, "s3gan_co": 12.0},
        **{"s2gan_co": 13.0, "clustering_ss": 20.0, "clustering": 21.0},
        **{"single_label_ss": 24.0, "single_label": 25.0, "random_label": 26.0},
    }
    assert set(ordered) == set(METHODS)
    made = []
    for method, fid in (ordered | fids).items():
        alone = {"biggan": [1.0]} | dict.fromkeys(list(ordered)[5:], [0.0])
        for fraction in alone.get(method, FRACTIONS):
            for value in fid if isinstance(fid, list) else [fid]:
                made.append(
                    {
                        "recipe": f"{method}_mnist5k",
                        "label_fraction": str(fraction),
                        "fid": "" if value is None else str(value),
                    }
                )
    return made


def test_the_papers_shape_holds_of_the_papers_order():
    lines = verdicts(rows(), FRACTIONS)
    assert len(lines) == len(shape(FRACTIONS)) == 6
    assert all("**holds**" in line for line in lines)


def test_a_line_that_does_not_hold_says_so_with_its_numbers():
    lines = verdicts(rows(single_label=30.0), FRACTIONS)
    (line,) = [line for line in lines if "does not hold (1 of 2)" in line]
    assert "clustering 0 % 21.00 ≤ single_label 0 % 30.00" in line
    assert "single_label 0 % 30.00 > random_label 0 % 26.00" in line


def test_five_per_cent_above_the_supervised_model_are_allowed():
    def first(fid):
        return verdicts(rows(s3gan=fid, s2gan=20.0), FRACTIONS)[0]

    assert "**holds**" in first(10.5)
    assert "**does not hold" in first(10.6)


def test_medians_are_compared():
    lines = verdicts(rows(s3gan=[1.0, 10.0, 50.0]), FRACTIONS)
    assert "s3gan 10 % 10.00 ≤ biggan 100 % 10.00" in lines[0]


def test_a_table_has_a_line_a_method_and_says_which_seeds_lack():
    lines = matrix(rows(s3gan=[1.0, 3.0, 2.0], biggan=[4.0, 6.0]))
    assert lines[0] == "| method | no labels | 2.5 % | 10 % | all |"
    assert len(lines) == 2 + len(METHODS)
    (supervised,) = [line for line in lines if line.startswith("| `biggan`")]
    assert supervised == "| `biggan` |  |  |  | 5.00 (4.00–6.00), 2 of 3 seeds |"
    (inferred,) = [line for line in lines if line.startswith("| `s3gan`")]
    assert inferred.count("2.00 (1.00–3.00) |") == 2


def test_a_grid_goes_on_from_what_was_kept_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "RESULTS", tmp_path)
    kept = ["runs/a/run.json", "runs/a/recipe.gin", "cache/classifier-1.npz"]
    for name in [*kept, "runs/a/checkpoints/1.npz", "cache/labels-1.npz"]:
        path = tmp_path / "first" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    pack(tmp_path / "first")
    unpack(tmp_path / "second")
    found = [path for path in (tmp_path / "second").rglob("*") if path.is_file()]
    assert {str(p.relative_to(tmp_path / "second")) for p in found} == set(kept)
    assert all(path.read_text() in kept for path in found)
    # What is there is left alone.
    (tmp_path / "second" / kept[0]).unlink()
    unpack(tmp_path / "second")
    assert not (tmp_path / "second" / kept[0]).exists()


def test_what_has_not_run_decides_nothing():
    lines = verdicts(rows(biggan=None), FRACTIONS)
    assert "**not known, 0 of 1 have run**" in lines[0]
    assert all("**holds**" in line for line in lines[1:])
