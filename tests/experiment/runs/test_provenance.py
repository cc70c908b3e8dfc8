import os
import re

import keras

from keras_s3gan.experiment.runs import provenance


def test_versions_name_what_the_run_computes_with():
    found = provenance.versions()
    assert found["backend"] == keras.backend.backend()
    assert {"python", "keras", "numpy"} <= found.keys()


def test_the_machine_has_cores():
    found = provenance.machine()
    assert found["cores"] >= 1
    assert found["settings"]["XLA_FLAGS"] == os.environ["XLA_FLAGS"]


def test_the_commit_is_that_of_the_checkout(monkeypatch, tmp_path):
    found = provenance.git_commit()
    assert found is None or re.fullmatch(r"[0-9a-f]{40}(\+changes)?", found)


def test_without_git_there_is_no_commit(monkeypatch):
    monkeypatch.setattr(provenance, "_git", lambda checkout, *arguments: None)
    assert provenance.git_commit() is None
