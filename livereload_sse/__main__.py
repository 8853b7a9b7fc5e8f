"""`python -m livereload_sse` is `sse-reload`."""

from livereload_sse.cli import main

if __name__ == "__main__":
    main()
