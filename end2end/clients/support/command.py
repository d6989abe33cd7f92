"""The `openstack` command, unmodified: one process per call, as from a shell.

Half of what the command takes is loading itself. So its processes are forked from one that has loaded it already; from there on
everything is as the console script `openstack` does it (`test_command_identity.py` calls that one too).
"""

import json
import multiprocessing
import os
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from support.cloud import Person

PATIENCE = 180
# Whatever the console script may load: the modules of all its commands.
GROUPS = [group for group in entry_points().groups if group.startswith("openstack.")]
WARM = sorted({point.module for group in GROUPS for point in entry_points(group=group)})

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["openstack", "openstackclient.shell", *WARM])


class Openstack:
    """The command in the hands of one person. Everything it is asked and says is shown where a test fails."""

    def __init__(self, who: str, environment: dict[str, str]) -> None:
        self._who = who
        self._environment = environment

    @classmethod
    def of(cls, person: Person) -> "Openstack":
        """Signed in with the password."""
        return cls(person.user, person.environment())

    def __call__(self, *words: str, stdin: Path | None = None) -> str:
        """Must succeed; what it prints."""
        status, out, err = self._run(words, stdin)
        assert status == 0, f"`{line(words)}` failed ({status}): {err.strip() or out.strip()}"
        return out

    def json(self, *words: str, stdin: Path | None = None):
        """Must succeed; what it prints, read as JSON."""
        out = self(*words, "-f", "json", stdin=stdin)
        try:
            return json.loads(out)
        except ValueError as error:
            raise AssertionError(f"`{line(words)}` printed no JSON: {out!r}") from error

    def refused(self, *words: str) -> str:
        """Must fail; its complaint."""
        status, out, err = self._run(words, None)
        assert status != 0, f"`{line(words)}` was to be refused, but printed: {out.strip()!r}"
        assert "Traceback" not in err, f"`{line(words)}` broke: {err}"
        return err.strip()

    def _run(self, words: tuple[str, ...], stdin: Path | None) -> tuple[int, str, str]:
        print(f"$ {line(words)}    # {self._who}")
        with tempfile.TemporaryDirectory(prefix="sextant-openstack-") as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            process = _processes.Process(target=_main, args=(words, self._environment, stdin, out, err))
            process.start()
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
                raise AssertionError(f"`{line(words)}` did not end within {PATIENCE} s: {_text(out)}{_text(err)}")
            printed, complaint = _text(out), _text(err)
        print(printed.rstrip(), complaint.rstrip(), sep="\n")
        return process.exitcode or 0, printed, complaint


def line(words: tuple[str, ...]) -> str:
    """As one would type it."""
    return " ".join(["openstack", *(f"'{word}'" if " " in word else word for word in words)])


def _text(file: Path) -> str:
    return file.read_text(errors="backslashreplace") if file.exists() else ""


def _main(words: tuple[str, ...], environment: dict[str, str], stdin: Path | None, out: Path, err: Path) -> None:
    """In the forked process: files for the standard streams, then what the console script `openstack` does."""
    from openstackclient import shell

    # Without a file the standard input is a terminal: the client takes anything else for an image to upload.
    os.dup2(os.open(stdin, os.O_RDONLY) if stdin else os.openpty()[1], 0)
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", closefd=False)
    sys.stderr = open(2, "w", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(shell.main(list(words)))
