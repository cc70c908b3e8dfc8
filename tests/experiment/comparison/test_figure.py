import pytest

from keras_s3gan.experiment.comparison.figure import draw
from tests.experiment.comparison.stand_ins import row


def curve(recipe="s3gan", scale=1.0, fractions=(0.01, 0.1)):
    return [
        row(recipe, fraction, seed, scale * (seed + 1) / fraction**0.2)
        for fraction in fractions
        for seed in range(3)
    ]


def labels(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def horizontal(figure):
    """Lines from side to side: dictionary from label to `(FID, colour, style)`."""
    return {
        line.get_label(): (line.get_ydata()[0], line.get_color(), line.get_linestyle())
        for line in figure.axes[0].get_lines()
        if tuple(line.get_xdata()) == (0, 1)
    }


def test_a_line_goes_through_the_medians():
    figure = draw(curve())
    (line,) = [x for x in figure.axes[0].get_lines() if len(x.get_xdata()) == 2][:1]
    assert list(line.get_xdata()) == pytest.approx([1, 10])
    assert list(line.get_ydata()) == pytest.approx([2 / 0.01**0.2, 2 / 0.1**0.2])
    assert figure.axes[0].get_xscale() == "log"
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks == ["1 %", "10 %"]


def test_methods_of_no_or_all_labels_are_horizontal():
    rows = [row("all", 1.0, fid=1.0), row("none", 0.0, fid=6.0), *curve()]
    figure = draw(rows)
    lines = horizontal(figure)
    assert lines["all, all labels"] == (1.0, "black", "-")
    assert lines["none, no labels"][0] == 6.0
    assert lines["none, no labels"][1] != "black"
    assert labels(figure) == ["s3gan", "all, all labels", "none, no labels"]


def test_horizontal_lines_alone():
    figure = draw([row("all", 1.0, fid=1.0)])
    assert labels(figure) == ["all, all labels"]


def test_missing_seeds_are_seen():
    rows = [*curve(), row("all", 1.0), row("all", 1.0, seed=1, fid=None)]
    rows[0]["fid"] = None
    figure = draw(rows)
    assert "all, all labels, 1 of 2 seeds" in labels(figure)
    assert "Hollow" in figure.axes[0].get_title(loc="left")
    lines = figure.axes[0].get_lines()
    assert [x.get_markerfacecolor() for x in lines].count("white") == 1


def test_complete_figures_speak_of_nothing_missing():
    assert "Hollow" not in draw(curve()).axes[0].get_title(loc="left")


@pytest.mark.parametrize(("scale", "expected"), [(1.5, "linear"), (100.0, "log")])
def test_far_values_are_shown_on_a_log_scale(scale, expected):
    figure = draw([*curve(), *curve("worse", scale)])
    assert figure.axes[0].get_yscale() == expected


def test_a_perfect_score_can_be_drawn():
    assert draw([row(fid=0.0)]).axes[0].get_yscale() == "linear"


def test_neighbours_do_not_cover_each_other():
    figure = draw([*curve("a"), *curve("b")])
    places = {tuple(line.get_xdata()) for line in figure.axes[0].get_lines()}
    assert len([p for p in places if len(p) == 2]) == 2
