"""`python -m pickup` is the `pickup` command."""

from pickup.cli import main

if __name__ == "__main__":
    main()
