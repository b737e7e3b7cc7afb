"""Is one service of this host as it was rendered? Brings its files, renews it when it runs with others, and goes back."""

from __future__ import annotations

import base64
import grp
import hashlib
import os
import re

from ansible.module_utils import muster_files as files
from ansible.module_utils import muster_units as units
from ansible.module_utils.muster_groups import with_groups_here
from ansible.module_utils.basic import AnsibleModule

#: What a service must be started anew for; configs are in this by what the unit says of them, if they must be.
INPUTS = ("units", "secrets", "release")


def contents_of(record):
    """Of files that hold no secret."""
    return {path: (text.encode(), 0o644) for kind in ("units", "configs") for path, text in record[kind].items()}


class Service:
    def __init__(self, params):
        self.params = params
        self.name, self.link, release = params["name"], params["link"], params["release"]
        secrets = {f"{files.SECRETS}/{path}": base64.b64decode(text) for path, text in params["secrets"].items()}
        groups = {group.gr_name for group in grp.getgrall()}
        self.wanted = {
            "units": {f"{files.UNITS}/{name}": with_groups_here(text, groups) for name, text in params["units"].items()},
            "configs": {f"{files.CONFIGS}/{path}": text for path, text in params["configs"].items()},
            "secrets": {path: hashlib.sha256(content).hexdigest() for path, content in secrets.items()},
            "release": release,
            "whole": True,
        }
        self.contents = {**{path: (text, 0o600) for path, text in secrets.items()}, **contents_of(self.wanted)}
        self.before = files.started(self.name)
        # An agent may have been renewed since, without a playbook.
        if self.before is not None and self.before["whole"] and files.target_of(self.link) != "":
            self.before = {**self.before, "release": files.target_of(self.link)}
        self.names = units.that_start(self.wanted["units"])
        self.stale = sorted(path for path, content in self.contents.items() if not files.is_as(path, *content))
        others = [files.paths_of(record) for name, record in files.all_started().items() if name != self.name]
        self.gone = sorted(files.paths_of(self.before) - files.paths_of(self.wanted).union(*others))
        self.is_relinked = self.link != "" and files.target_of(self.link) != release
        now = units.states(self.names)
        self.is_there = any(os.path.exists(f"{files.UNITS}/{name}") for name in self.names)
        self.is_renewed = self._is_due(now.get(f"muster-{self.name}.service", {}).get("MainPID", "0"))
        as_it_should = {"ActiveState": "active", "UnitFileState": "enabled"}
        self.is_started = any(now.get(name, {}).get(key) != value for name in self.names for key, value in as_it_should.items())

    def _is_due(self, pid):
        """Whether what runs was started with something else: a fact of the host, however an earlier run ended."""
        if self.before is None or not self.before["whole"]:
            return True
        if any(self.before[kind] != self.wanted[kind] for kind in INPUTS):
            return True
        if any(path not in self.wanted["configs"] for path in self.stale):
            return True
        # A unit with a root of its own shows the path from there.
        running = re.search(r"/releases/[0-9a-f]{12}/", files.target_of(f"/proc/{pid}/exe"))
        return running is not None and running.group() not in self.wanted["release"]

    def summary(self):
        """What there is to do, in a few words; none: nothing."""
        words = []
        for kind in ("units", "configs", "secrets"):
            count = sum(path in self.wanted[kind] for path in self.stale)
            words += [f"{count} {kind if count > 1 else kind[:-1]}"] if count else []
        words += [f"release {self.wanted['release'].split('/')[-2]}"] if self.is_relinked else []
        words += [f"without {' '.join(self.gone)}"] if self.gone else []
        words += ["start anew" if self.is_there else "start"] if self.is_renewed or self.is_started else []
        # Nothing but the list of what is its own.
        words += ["list of files"] if not words and self.before != self.wanted else []
        return f"{self.name} ({', '.join(words)})" if words else ""

    def diff(self):
        shown = [path for path in self.stale + self.gone if not path.startswith(files.SECRETS)]
        return [
            {
                "before_header": path,
                "after_header": path,
                "before": (files.read(path) or b"").decode(),
                "after": self.contents.get(path, (b"", 0))[0].decode(),
            }
            for path in shown
        ]

    def bring(self):
        """None, or why it is not as it should be; then it runs as before, if it did."""
        if self.is_renewed:
            refused = units.verify(self.wanted["units"])
            if refused is not None:
                return refused
            if self.before is not None:
                files.remember(self.name, {**self.before, "whole": False})
            units.stop(self.names)
        self._place(self.contents, self.gone, self.wanted["release"])
        if self._is_well():
            files.remember(self.name, self.wanted)
            return None
        words = units.last_words(self.name)
        if self.before is None or not self.is_renewed:
            return f"muster-{self.name} does not come up. Its last words: {words}"
        return f"muster-{self.name} did not come back with what is new, {self._go_back()}. Its last words: {words}"

    def _place(self, contents, gone, release):
        for path, content in contents.items():
            if not files.is_as(path, *content):
                files.write(path, *content)
        for path in gone:
            files.remove(path)
        if self.link != "" and files.target_of(self.link) != release:
            files.link(self.link, release)
        units.start(self.names)

    def _go_back(self):
        units.stop(self.names)
        new = files.paths_of(self.wanted) - files.paths_of(self.before) - set(self.wanted["secrets"])
        self.names = units.that_start(self.before["units"])
        self._place(contents_of(self.before), sorted(new), self.before["release"])
        if not self._is_well():
            return "and what it had before does not come up either"
        files.remember(self.name, {**self.before, "secrets": self.wanted["secrets"], "whole": True})
        return f"so {self.before['release'] or 'it'} runs again"

    def _is_well(self):
        return units.are_well(self.names, self.params["health"], self.params["seconds"])

    def ask(self):
        """None, or that it runs and does not do its work."""
        return None if self._is_well() else f"muster-{self.name} is not well. Its last words: {units.last_words(self.name)}"


def main():
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "units": {"type": "dict", "required": True},
            "configs": {"type": "dict", "default": {}},
            "secrets": {"type": "dict", "default": {}, "no_log": True},
            "link": {"type": "str", "default": ""},
            "release": {"type": "str", "default": ""},
            "health": {"type": "list", "elements": "str", "default": []},
            "seconds": {"type": "int", "default": 60},
        },
        # Its journal is no place for whole files.
        no_log=True,
        supports_check_mode=True,
    )
    turn = None if module.check_mode else files.wait_for_turn()
    service = Service(module.params)
    summary = service.summary()
    result = {"changed": summary != "", "summary": summary, "diff": service.diff()}
    error = None
    if not module.check_mode:
        error = service.ask() if summary == "" else service.bring()
    if turn is not None:
        os.close(turn)
    if error is not None:
        module.fail_json(msg=error, **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
