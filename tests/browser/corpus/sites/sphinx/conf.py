"""A handbook as Sphinx makes it; the theme is named on the command line."""

project = "Harbour handbook"
author = "The harbour office"
copyright = "the harbour office"  # noqa: A001 - Sphinx's own name for it
release = "4.2"
html_copy_source = False
html_last_updated_fmt = "%H:%M:%S"
