// Which lines came and went between two texts? The longest common run of lines stays.

export type Change = { readonly sign: '+' | '-'; readonly line: string };

/** Beyond so many pairs of lines a minimal answer is not worth its time: all go, all come. */
const mostPairs = 4_000_000;

/** In the order of the texts; where lines are replaced, those that go come first. */
export function changedLines(before: string, after: string): readonly Change[] {
  const [old, next] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, next.length) && old[start] === next[start]) start++;
  let end = 0;
  const most = Math.min(old.length, next.length) - start;
  while (end < most && old[old.length - 1 - end] === next[next.length - 1 - end]) end++;
  return middle(old.slice(start, old.length - end), next.slice(start, next.length - end));
}

const gone = (line: string): Change => ({ sign: '-', line });
const come = (line: string): Change => ({ sign: '+', line });

function middle(old: readonly string[], next: readonly string[]): readonly Change[] {
  if (old.length * next.length > mostPairs) return [...old.map(gone), ...next.map(come)];
  const width = next.length + 1;
  // At (i, j): how many lines from there on are common.
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = next.length - 1; j >= 0; j--) {
      common[i * width + j] = old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < next.length) {
    if (i < old.length && j < next.length && old[i] === next[j]) {
      i++;
      j++;
    } else if (j >= next.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) changes.push(gone(old[i++] ?? ''));
    else changes.push(come(next[j++] ?? ''));
  }
  return changes;
}
