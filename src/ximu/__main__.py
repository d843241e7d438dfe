"""`python -m ximu` is `ximu`."""

from ximu.faces.cli import main

main()
