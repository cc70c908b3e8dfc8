"""What there is to choose from."""


def test_recipes_are_listed_a_line_each(command):
    code, out, _ = command("recipes")
    assert code == 0
    names = [line.split()[0] for line in out.splitlines()]
    assert {"s3gan_co_mnist5k", "s3gan_co_mnist5k_full"} <= set(names)


def test_scores_are_listed(command):
    code, out, _ = command("scores")
    assert code == 0
    assert "fid " in out and "↓" in out and "jacobian_conditioning" in out
