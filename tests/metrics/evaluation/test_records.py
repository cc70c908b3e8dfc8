import dataclasses
import importlib.metadata
import json

import keras
import pytest

from keras_s3gan.metrics import ModelExtractor, ScoreRecord
from tests.metrics.small_network import small_network

FIELDS = {
    "name": "fid10k_train",
    "value": 8.4,
    "n_real": 50_000,
    "n_generated": 10_000,
    "split": "train",
    "extractor": "inception-2015-12-05-6726825d-2048",
    "extractor_sha256": "6726825d",
    "resize": "clean",
    "preprocessing": "rounded to bytes",
    "dtype": "float32",
    "seed": 3,
    "averaged_weights": True,
    "standing_statistics": False,
    "truncation": None,
}


def record(**changes):
    return ScoreRecord(**(FIELDS | changes))


def test_json_there_and_back():
    for written in (record(), record(n_real=None, split=None, name="is10k")):
        content = json.loads(written.to_json())
        assert content == dataclasses.asdict(written)
        assert ScoreRecord.from_json(written.to_json()) == written


def test_says_which_versions():
    versions = record().versions
    backend = keras.backend.backend()
    assert versions["backend"] == backend
    assert versions["keras"] == keras.__version__
    assert versions["keras_s3gan"] == importlib.metadata.version("keras-s3gan")
    assert versions[backend][0].isdigit()


def test_versions_of_a_file_are_kept():
    old = record(versions={"keras": "3.0"})
    assert ScoreRecord.from_json(old.to_json()).versions == {"keras": "3.0"}


def test_fields_of_an_extractor():
    extractor = ModelExtractor(small_network(), resize="clean")
    fields = ScoreRecord.of_extractor(extractor)
    made = record(**fields)
    assert made.extractor == extractor.identifier
    assert made.extractor_sha256 == extractor.sha256
    assert (made.resize, made.dtype) == ("clean", "float32")
    assert made.preprocessing == extractor.preprocessing


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_generated": 5000}, "n_generated`.*fid10k_train, n_generated=5000"),
        ({"split": "test"}, "split`.*split=test"),
        ({"split": None}, "split`.*split=None"),
        ({"name": "FID"}, "name='FID'"),
        ({"n_real": 0}, "n_real=0"),
        ({"name": "fid", "n_generated": 0}, "n_generated=0"),
        ({"value": float("nan")}, "value=nan"),
        ({"value": float("inf")}, "value=inf"),
    ],
)
def test_contradictions_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        record(**changes)


def test_name_may_leave_the_rest_open():
    assert record(name="fid").n_generated == 10_000


def test_records_of_before_have_no_interval():
    content = json.loads(record().to_json())
    for name in ("bootstrap", "interval", "standard_error"):
        del content[name]
    assert ScoreRecord.from_json(json.dumps(content)) == record(
        versions=content["versions"]
    )


def test_an_interval_and_an_extractor_in_the_name():
    written = record(
        name="fid@clip-vitb32", interval=[1.5, 2.5], bootstrap=40, standard_error=0.2
    )
    assert ScoreRecord.from_json(written.to_json()) == written
    assert written.full_name == "fid10k_train@clip-vitb32"


def test_wrong_json():
    content = json.loads(record().to_json())
    for wrong in (content | {"more": 1}, {"name": "fid"}):
        with pytest.raises(ValueError, match="fields.*'truncation'.*Received"):
            ScoreRecord.from_json(json.dumps(wrong))
