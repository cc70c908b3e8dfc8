"""Commands that list recipes and scores."""

from keras_s3gan.cli.app import console


def recipes() -> None:
    """List the recipes that come with the package, one per line."""
    from keras_s3gan.experiment.recipe.files import list_recipes

    listed = list_recipes()
    width = max((len(name) for name, _ in listed), default=0)
    for name, description in listed:
        console.print(f"[bold]{name:{width}}[/bold]  {description}")


def scores() -> None:
    """List the scores for `evaluate --metrics`, one per line."""
    from keras_s3gan.experiment.runs.score_tables import SCORES

    signs = {"lower": "↓", "higher": "↑", None: " "}
    width = max(map(len, SCORES))
    for name, score in SCORES.items():
        sign = signs[score.better]
        console.print(f"[bold]{name:{width}}[/bold] {sign} {score.description}")
