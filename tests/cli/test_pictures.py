"""`sample` and `interpolate`."""

from tests.cli.outcomes import refused


def test_labels_that_are_no_numbers(command, tmp_path):
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "recipe.gin").write_text("")
    outcome = command("sample", str(tmp_path), "--labels", "one,two")
    refused(outcome, "--labels=one,two")
