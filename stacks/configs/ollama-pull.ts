// How do models come to an Ollama server? Beside it, one after the other, again and again until all are there.
import type { OllamaNode } from '../cluster/types.ts';
import { shellWord } from '../formats/shell.ts';

const firstPauseSeconds = 5;
const longestPauseSeconds = 300;

/**
 * Shell lines that pull in the background, with a line of log for each try; a pull that broke off goes on where it was.
 * They end with the server, whose process id is that of the shell (`$$`), because it takes the shell's place.
 * `( … & )` hands the pulling to init, so that the server gets no child that it does not know.
 */
export function pullLines({ models }: OllamaNode): readonly string[] {
  return `
say() { echo "muster: $*"; }
# What ollama said last, without what moves the cursor.
last_words() { printf '%s' "$1" | tr '\\r' '\\n' | sed 's/\\x1b\\[[0-9;?]*[A-Za-z]//g' | grep . | tail -n 1 || true; }
# Replicas share the folder: one of them pulls, the others find the model there.
alone() { if command -v flock >/dev/null; then flock "$OLLAMA_MODELS/.muster-pull" "$@"; else "$@"; fi; }
serving() { kill -0 "$$" 2>/dev/null; }
there() { ollama show "$1" >/dev/null 2>&1; }
pull() {
  if there "$1"; then say "$1 is there"; return 0; fi
  say "pulling $1"
  if words=$(alone ollama pull "$1" 2>&1 </dev/null) && there "$1"; then say "$1 is there"; return 0; fi
  say "$1 did not come, again in $pause s: $(last_words "$words")"
  return 1
}
pull_all() {
  until ollama list >/dev/null 2>&1; do serving || return 0; sleep 1; done
  set -- ${models.map(shellWord).join(' ')}
  pause=${firstPauseSeconds}
  while serving; do
    # One that cannot come keeps none of the others away.
    for model in "$@"; do
      shift
      pull "$model" || set -- "$@" "$model"
    done
    [ $# -gt 0 ] || return 0
    sleep "$pause"
    pause=$((pause * 2 < ${longestPauseSeconds} ? pause * 2 : ${longestPauseSeconds}))
  done
}
(pull_all &)`
    .trim()
    .split('\n');
}
