"""What the pages look like: the theme made light, complete and Chinese."""
