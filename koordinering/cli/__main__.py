"""The command line as `python -m koordinering.cli`, which finds this very installation."""

from koordinering.cli.hoved import main

if __name__ == "__main__":  # a worker process that is spawned imports this module again
    main()
