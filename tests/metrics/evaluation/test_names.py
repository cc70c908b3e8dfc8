import dataclasses

import pytest

from keras_s3gan.metrics import ScoreName


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("fid", ("fid", None, None, None)),
        ("fid50k_train", ("fid", 50_000, "train", None)),
        ("kid10k", ("kid", 10_000, None, None)),
        ("fid_test", ("fid", None, "test", None)),
        ("fid500_full", ("fid", 500, "full", None)),
        ("class_accuracy", ("class_accuracy", None, None, None)),
        ("class_accuracy5k_validation", ("class_accuracy", 5000, "validation", None)),
        ("fid1234", ("fid", 1234, None, None)),
        ("kid@clip-vitb32", ("kid", None, None, "clip-vitb32")),
        ("fid5k_test@v1.5", ("fid", 5000, "test", "v1.5")),
    ],
)
def test_names_are_read_and_made(text, parts):
    name = ScoreName.parse(text)
    assert dataclasses.astuple(name) == parts
    assert str(ScoreName(*parts)) == text


def test_two_ways_to_write_a_number_are_one_name():
    assert ScoreName.parse("fid50000_train") == ScoreName.parse("fid50k_train")
    assert str(ScoreName.parse("fid50000")) == "fid50k"


@pytest.mark.parametrize(
    "text",
    [
        *("", "FID", "50k", "fid0", "fid050", "fid50K", "fid-train", "fid_", "_train"),
        *("fid50k_", "fid50ktrain", "fid50k_dev", "fid50k_train_test", "fid50k50k"),
        *("fid 50k", "fid50k_train\n", "fid5.5k"),
        *("fid@", "@clip", "fid@CLIP", "fid@a_b", "fid@-a", "fid@a@b", "fid@a_train"),
    ],
)
def test_what_is_no_name(text):
    with pytest.raises(ValueError, match="'fid50k_train'.*Received: name="):
        ScoreName.parse(text)


@pytest.mark.parametrize(
    "parts",
    [
        *(("fid", 0), ("fid", -1), ("fid", 1.5), ("FID",), ("",), ("fid2",)),
        # Would be read as something else.
        *(("fid", None, "dev"), ("fid_train",), ("fid", "50k"), ("fid", True)),
        *(("fid", None, None, "A"), ("fid", None, None, "")),
    ],
    ids=str,
)
def test_wrong_parts(parts):
    with pytest.raises(ValueError, match="Received: ScoreName"):
        ScoreName(*parts)
