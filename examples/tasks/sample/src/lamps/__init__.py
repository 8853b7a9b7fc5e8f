"""What a chart writes beside a light, as seconds of light and dark."""
