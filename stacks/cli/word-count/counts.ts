// What did the counts of all files come to? Texts of the workers → totals and one merged table.

export type FileCount = { readonly words: number; readonly byWord: ReadonlyMap<string, number> };

/** Reads what count.sh wrote: the total, then `COUNT WORD` lines. Throws for anything else. */
export function parseCounts(text: string): FileCount {
  const [total = '', ...lines] = text.trimEnd().split('\n');
  const words = Number(total.trim());
  if (total.trim() === '' || !Number.isInteger(words)) throw new Error(`expected a number of words, got ${total}`);
  const pairs = lines.map((line) => {
    const match = /^\s*(\d+) (.+)$/.exec(line);
    if (!match) throw new Error(`expected COUNT WORD, got ${line}`);
    return [match[2] as string, Number(match[1])] as const;
  });
  return { words, byWord: new Map(pairs) };
}

/** The `top` most frequent words over all files; equally frequent ones by the alphabet. */
export function mostFrequent(
  counts: readonly FileCount[],
  top: number,
): readonly { readonly word: string; readonly count: number }[] {
  const sums = new Map<string, number>();
  for (const { byWord } of counts) {
    for (const [word, count] of byWord) sums.set(word, (sums.get(word) ?? 0) + count);
  }
  return [...sums]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, top);
}
