"""Time and memory of a recipe: on TPUs by compiling, on this machine by timing."""
