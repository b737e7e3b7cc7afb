"""What happens, for a program to read? One line of JSON for each result; nothing else on standard output."""

from __future__ import annotations

import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: muster_events
    type: stdout
    short_description: one JSON object a line
    description:
      - Tells C(muster deploy rack) what happens on which host.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "muster_events"

    def __init__(self):
        super().__init__()
        self._play = ""

    def _tell(self, **event):
        self._display.display("MUSTER " + json.dumps(event, default=str))

    def _result(self, outcome, result, **more):
        data = result._result
        hidden = data.get("_ansible_no_log", False) or result._task.no_log
        # Muster's own modules say in a few words what they do; what a check only tells, is its item.
        told = data.get("summary") or (data.get("msg") if result._task.action.endswith("debug") else None)
        item = None if hidden else told or self._get_item_label(data)
        self._tell(
            event=outcome,
            play=self._play,
            role=result._task._role.get_name() if result._task._role else "",
            task=result._task.name,
            host=result._host.get_name(),
            item=item if item is None or isinstance(item, str) else json.dumps(item, default=str),
            **more,
        )

    def _done(self, result):
        # A loop was told item by item.
        if result._task.loop and "results" in result._result:
            return
        if result._result.get("changed", False):
            self._result("changed", result)

    def v2_playbook_on_play_start(self, play):
        self._play = play.get_name().strip()
        self._tell(event="play", play=self._play)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._tell(event="task", play=self._play, task=task.name)

    def v2_runner_on_ok(self, result):
        self._done(result)

    def v2_runner_item_on_ok(self, result):
        if result._result.get("changed", False):
            self._result("changed", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        if ignore_errors:
            return
        data = result._result
        hidden = data.get("_ansible_no_log", False) or result._task.no_log
        failed = [each for each in data.get("results", []) if each.get("failed")] or [data]
        words = "\n".join(f"{each.get('msg', '')} {each.get('stderr', '')}".strip() for each in failed)
        self._result("failed", result, words="what it said is kept secret" if hidden else words)

    def v2_runner_on_unreachable(self, result):
        self._result("unreachable", result, words=str(result._result.get("msg", "")))

    def v2_playbook_on_stats(self, stats):
        hosts = sorted(stats.processed)
        self._tell(event="end", hosts={host: stats.summarize(host) for host in hosts})
