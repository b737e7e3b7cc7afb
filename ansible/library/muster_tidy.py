"""What of Muster does this host need no more? Services that nobody named leave it, and releases that nobody runs."""

from __future__ import annotations

import glob
import os
import re
import shutil

from ansible.module_utils import muster_files as files
from ansible.module_utils import muster_units as units
from ansible.module_utils.basic import AnsibleModule

RELEASES = "/opt/muster/releases"


def data_of(record):
    """The folders in which a service kept what is its user's."""
    named = re.findall(r"(?m)^StateDirectory=(.+)$", "\n".join(record["units"].values()))
    return sorted({f"/var/lib/{folder}" for line in named for folder in line.split()})


def leaving(keep):
    """Services by their names; those that make units for others come last."""
    strangers = [(name, record) for name, record in files.all_started().items() if name not in keep]
    return sorted(strangers, key=lambda item: (any(path.endswith(".socket") for path in item[1]["units"]), item[0]))


def leave(name, record):
    """It ends its work, and its files go; what it kept stays."""
    names = units.that_start(record["units"])
    there = [each for each in names if os.path.exists(f"{files.UNITS}/{each}")]
    units.stop(there)
    if there:
        units.say("systemctl", "disable", "--quiet", *there)
    others = [files.paths_of(other) for each, other in files.all_started().items() if each != name]
    for path in sorted(files.paths_of(record).difference(*others)):
        files.remove(path)
    units.say("systemctl", "daemon-reload")
    units.say("systemctl", "reset-failed", *names)
    files.forget(name)


def unused(keep):
    """Of the releases that nobody links or runs, all but the youngest."""
    used = {os.path.dirname(files.target_of(path)) for path in glob.glob("/opt/muster/bin/*")}
    used |= {os.path.dirname(record["release"]) for record in files.all_started().values()}
    rest = [path for path in glob.glob(f"{RELEASES}/*") if path not in used]
    return sorted(rest, key=os.path.getmtime, reverse=True)[keep:]


def main():
    module = AnsibleModule(
        argument_spec={
            "keep": {"type": "list", "elements": "str"},
            "releases": {"type": "int", "default": 2},
        },
        supports_check_mode=True,
    )
    turn = None if module.check_mode else files.wait_for_turn()
    keep = module.params["keep"]
    strangers = [] if keep is None else leaving(keep)
    releases = unused(module.params["releases"])
    gone = dict(strangers)
    used = {path for name, record in files.all_started().items() if name not in gone for path in data_of(record)}
    left = {path for record in gone.values() for path in data_of(record) if os.path.exists(path)}
    data = sorted(left - used)
    words = [name for name, _ in strangers] + [f"release {os.path.basename(path)}" for path in releases]
    words += [f"data stay in {' '.join(data)}"] if data else []
    if not module.check_mode:
        for name, record in strangers:
            leave(name, record)
        for path in releases:
            shutil.rmtree(path)
    if turn is not None:
        os.close(turn)
    module.exit_json(changed=len(strangers + releases) > 0, summary=", ".join(words), data=data)


if __name__ == "__main__":
    main()
