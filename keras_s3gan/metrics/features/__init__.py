"""From images to features: networks, resizes, and moments of a stream of them."""
