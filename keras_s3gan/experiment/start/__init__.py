"""What happens before Keras is imported."""
