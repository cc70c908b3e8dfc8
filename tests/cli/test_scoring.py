"""`evaluate`."""

from tests.cli.outcomes import refused
from tests.experiment.tiny import write_recipe
from tests.once import once


@once("the command calls what tests/experiment/runs checks on each")
def test_a_run_is_evaluated(command, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    run = str(tmp_path / "run")
    code, out, _ = command("train", str(write_recipe(tmp_path)), "--run-dir", run)
    assert code == 0 and "class_accuracy" in out
    evaluate = ("evaluate", run, "--metrics")
    refused(command(*evaluate, "fid,nope"), "one of fid,", "Received: nope")
    refused(command(*evaluate, "fid_test"), "split=test", "folder:")
    refused(command(*evaluate, "fid", "--bootstrap", "3"), "at least 40", "bootstrap=3")
    code, out, _ = command(*evaluate, "fid", "--bootstrap", "40", "--samples", "20")
    assert code == 0 and "halves" in out and "[" in out
    code, out, _ = command(*evaluate, "fid,kid15", "--repeats", "2", "--samples", "10")
    assert code == 0 and "±" in out and "kid15" in out
    code, out, _ = command(*evaluate, "fid", "--samples", "10", "--all-checkpoints")
    assert code == 0 and "fid10_train" in out
    assert len([row for row in out.splitlines() if "*" in row]) == 2  # and the legend
    refused(command(*evaluate, "fid", "--ema", "0.1"), "AverageSnapshots", "averages")
    refused(command(*evaluate, "fid", "--ema", "0.1", "--watch"), "--ema 0.1 with")
    code, out, _ = command("sample", run, "--checkpoint", "2")
    assert code == 0
    refused(command("sample", run, "--checkpoint", "best"), "evaluate_every_epochs")
