"""Which groups of a unit does a host have?"""

from __future__ import annotations

import re

#: Systemd makes it when the socket of the jobs starts.
OURS = "muster-jobs"


def with_groups_here(text, groups):
    """A unit without groups of GPUs that are not among those of this host: it would not start with them."""

    def here(line):
        names = [name for name in line.group(1).split() if name in groups or name == OURS]
        return f"SupplementaryGroups={' '.join(names)}\n" if names else ""

    return re.sub(r"^SupplementaryGroups=(.*)\n", here, text, flags=re.MULTILINE)
