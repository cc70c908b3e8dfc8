import csv

import pytest
from PIL import Image

from keras_s3gan.experiment.comparison.report import (
    csv_text,
    markdown,
    table_rows,
    write_reports,
)
from keras_s3gan.experiment.comparison.rows import COLUMNS
from tests.experiment.comparison.stand_ins import row


def test_medians_ranges_and_seeds():
    fids = (2.0, 9.0, 3.0)
    rows = [row(seed=seed, fid=fid) for seed, fid in enumerate(fids)]
    ((*cells, accuracy, labels, seconds),) = table_rows(rows)
    assert cells == ["s3gan", "10 %", "3 of 3", "3.00 (2.00–9.00)"]
    assert accuracy == "0.9000 (0.9000–0.9000)"
    assert (labels, seconds) == ("–", "1,000")


def test_seconds_are_those_of_both_stages():
    assert table_rows([row(pseudo_labelling_seconds=500.0)])[0][-1] == "1,500"


def test_missing_seeds_are_counted_and_named():
    rows = [row(seed=0), row(seed=1, fid=None), row(seed=2, fid=4.0)]
    ((_, _, seeds, fid, *_),) = table_rows(rows)
    assert seeds == "2 of 3"
    assert fid == "3.00 (2.00–4.00)"
    assert "- `s3gan-0.1-seed1`: failed, exit code 2: diverged" in markdown(rows)


def test_a_score_of_fewer_runs_than_finished_says_so():
    rows = [row(label_accuracy=0.8), row(seed=1)]
    assert table_rows(rows)[0][5] == "0.8000 [1 of 2]"


def test_one_seed_has_no_range():
    assert table_rows([row()])[0][3] == "2.00"


def test_absent_values_are_dashes():
    rows = [row("none", 0.0, class_accuracy=None), row("bad", 0.1, fid=None)]
    assert table_rows(rows) == [
        ("none", "0 %", "1 of 1", "2.00", "–", "–", "1,000"),
        ("bad", "10 %", "0 of 1", "–", "–", "–", "–"),
    ]


def test_markdown_is_a_table_that_names_the_protocol():
    lines = markdown([row("a|b"), row("a|b", seed=1)]).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 3
    assert len({line.count("|") for line in table}) == 1
    text = "FID: 5,000 generated against 4,000 real images of squares, features of"
    assert f"{text} `judge`, torch." in lines


def test_csv_has_a_line_a_run():
    rows = [row(), row(seed=1, fid=None, error='a "quoted", text')]
    read = list(csv.DictReader(csv_text(rows).splitlines()))
    assert tuple(read[0]) == COLUMNS
    assert float(read[0]["fid"]) == 2.0
    assert read[1]["fid"] == ""
    assert read[1]["error"] == 'a "quoted", text'


def test_three_files_are_written(tmp_path):
    paths = write_reports([row(), row(seed=1)], tmp_path / "new")
    assert [path.name for path in paths] == [
        *("comparison.md", "comparison.csv", "comparison.png")
    ]
    assert paths[0].read_text().startswith("# Comparison\n")
    with Image.open(paths[2]) as figure:
        assert figure.width > 500
    assert len(list((tmp_path / "new").iterdir())) == 3


def test_without_scores_no_figure_is_left(tmp_path):
    write_reports([row()], tmp_path)
    paths = write_reports([row(fid=None)], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in paths}
    assert not (tmp_path / "comparison.png").exists()


def test_what_cannot_be_compared_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="features=judge in .*, other in "):
        write_reports([row(), row(seed=1, features="other")], tmp_path)
    assert list(tmp_path.iterdir()) == []
