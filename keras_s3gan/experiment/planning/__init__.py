"""What a recipe would cost: on TPUs by compiling, here by timing."""
