"""From a recipe to a run: Gin bindings, run folders, training, samples, scores."""
