"""How commands end."""


def refused(outcome, *words):
    code, _, errors = outcome
    assert code == 2
    assert errors.count("\n") == 1, errors
    assert errors.startswith("keras-s3gan: ")
    for word in words:
        assert word in errors
