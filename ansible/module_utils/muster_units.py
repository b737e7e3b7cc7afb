"""How are units of this host started, stopped and watched?"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time

from ansible.module_utils.muster_files import UNITS, write

#: A service that ended by itself more often than this since it was started will not come up later either.
MOST_RESTARTS = 2
#: A program that does not say when it is ready must run for so long.
STEADY_SECONDS = 2


def say(*argv):
    """Exit status and all that a command says."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stdout.decode(errors="replace").strip()


def that_start(units):
    """Of units by path: the names of those that the host starts; sockets and timers come before what they start."""
    wanted = [os.path.basename(path) for path, text in units.items() if "\n[Install]\n" in text]
    return sorted(wanted, reverse=True)


def states(names):
    """What systemd says of units, by their names."""
    asked = "Id,ActiveState,SubState,Type,MainPID,NRestarts,UnitFileState,ActiveEnterTimestampMonotonic"
    text = say("systemctl", "show", f"--property={asked}", *names)[1] if names else ""
    blocks = [dict(line.partition("=")[::2] for line in block.splitlines()) for block in text.split("\n\n")]
    return {block["Id"]: block for block in blocks if "Id" in block}


def verify(units):
    """None, or what systemd does not like. In a folder of their own, since they may not have their places yet."""
    with tempfile.TemporaryDirectory() as folder:
        drafts = {f"{folder}/{os.path.basename(path)}": text for path, text in units.items()}
        for draft, text in drafts.items():
            write(draft, text.encode(), 0o644)
        code, said = say("systemd-analyze", "verify", "--man=no", *drafts)
    return None if code == 0 else f"systemd refuses the units: {said}"


def start(names):
    """Tells systemd so, and does not wait."""
    for words in (["daemon-reload"], ["enable", "--quiet", *names], ["reset-failed", *names]):
        say("systemctl", *words)
    say("systemctl", "start", "--no-block", *names)


def stop(names):
    """Waits until they have ended. A worker takes no new jobs then, and may finish those it has."""
    there = [name for name in names if os.path.exists(f"{UNITS}/{name}")]
    if there:
        say("systemctl", "stop", *there)


def are_well(names, health, seconds):
    """Waits until all of them run, and the program itself says that it is well."""
    deadline = time.monotonic() + seconds
    while True:
        now = list(states(names).values())
        down = [each for each in now if not is_up(each)]
        if not down and (not health or say(*health)[0] == 0):
            return True
        # systemd itself ends a start that takes too long.
        if not any(each["SubState"] in ("start", "start-pre") for each in down):
            if time.monotonic() > deadline or any(int(each.get("NRestarts", 0)) > MOST_RESTARTS for each in down):
                return False
        time.sleep(0.5)


def is_up(state):
    if state["ActiveState"] != "active":
        return False
    since = int(state["ActiveEnterTimestampMonotonic"]) / 1_000_000
    return state.get("Type") not in ("exec", "simple") or time.monotonic() - since >= STEADY_SECONDS


def last_words(name):
    return say("journalctl", "--no-pager", "--output=cat", "--lines=20", f"--unit=muster-{name}.service")[1]
