// Which few rows hold each pair of values of any two options? A greedy covering array, the same at every run.

export type Option = {
  readonly name: string;
  readonly values: readonly unknown[];
  /** What other options must be for this value to be of any use: their names with the values that do. */
  readonly needs: (value: unknown) => Readonly<Record<string, (value: unknown) => boolean>>;
};

/** The value of each option, by name; without those that are of no use beside the others. */
export type Row = ReadonlyMap<string, unknown>;

/** One value of one option, and the values that it leaves to other options: a bit for each. */
type Choice = {
  readonly id: number;
  readonly option: number;
  readonly value: unknown;
  readonly leaves: readonly (readonly [option: number, bits: number])[];
};

function choicesOf(options: readonly Option[]): readonly (readonly Choice[])[] {
  const places = new Map(options.map(({ name }, at) => [name, at]));
  let id = 0;

  /** What it needs may need something too. */
  function leaves(option: number, place: number): Choice['leaves'] {
    const { needs, values } = options[option] as Option;
    const below = Object.entries(needs(values[place])).flatMap(([name, suits]) => {
      const other = places.get(name) as number;
      const suited = [...(options[other] as Option).values.keys()].filter((at) => suits(options[other]?.values[at]));
      const bits = suited.reduce((sum, at) => sum | (1 << at), 0);
      return [[other, bits] as const, ...(suited.length === 1 ? leaves(other, suited[0] as number) : [])];
    });
    return [[option, 1 << place], ...below];
  }

  return options.map(({ values }, option) =>
    values.map((value, place) => ({ id: id++, option, value, leaves: leaves(option, place) })),
  );
}

const fits = (domains: readonly number[], { leaves }: Choice): boolean =>
  leaves.every(([option, bits]) => ((domains[option] as number) & bits) !== 0);

function narrowed(domains: readonly number[], { leaves }: Choice): readonly number[] {
  const left = [...domains];
  for (const [option, bits] of leaves) left[option] = (left[option] as number) & bits;
  return left;
}

/** Pairs that no row has yet; the smaller number first. */
class OpenPairs {
  readonly #open = new Map<number, readonly [Choice, Choice]>();
  readonly #keyOf = (a: Choice, b: Choice): number => (a.id < b.id ? a.id * 65_536 + b.id : b.id * 65_536 + a.id);

  add(a: Choice, b: Choice): void {
    this.#open.set(this.#keyOf(a, b), [a, b]);
  }

  get first(): readonly [Choice, Choice] | undefined {
    return this.#open.values().next().value;
  }

  gain(row: readonly Choice[], choice: Choice): number {
    return row.reduce((sum, other) => sum + (this.#open.has(this.#keyOf(other, choice)) ? 1 : 0), 0);
  }

  close(row: readonly Choice[]): void {
    for (const [at, one] of row.entries())
      for (const other of row.slice(at + 1)) this.#open.delete(this.#keyOf(one, other));
  }
}

export function pairwise(options: readonly Option[]): readonly Row[] {
  const choices = choicesOf(options);
  const every = options.map(({ values }) => (1 << values.length) - 1);
  const open = new OpenPairs();
  for (const [at, ofOne] of choices.entries()) {
    for (const one of ofOne) {
      const beside = narrowed(every, one);
      for (const other of choices.slice(at + 1).flat()) if (fits(beside, other)) open.add(one, other);
    }
  }

  const rows: (readonly Choice[])[] = [];
  for (let pair = open.first; pair !== undefined; pair = open.first) {
    const row: Choice[] = [...pair];
    let domains = pair.reduce(narrowed, every);
    // Another option comes first in each row: what comes late finds its pairs taken.
    const turned = [...choices.keys()].map((at) => (at + 37 * rows.length) % choices.length);
    for (const option of turned) {
      const all = choices[option] as readonly Choice[];
      if (pair.some((fixed) => fixed.option === option)) continue;
      let best: Choice | undefined;
      let most = -1;
      for (const turn of all.keys()) {
        const choice = all[(turn + rows.length) % all.length] as Choice;
        const gain = fits(domains, choice) ? open.gain(row, choice) : -1;
        if (gain > most) [best, most] = [choice, gain];
      }
      if (best === undefined) continue;
      domains = narrowed(domains, best);
      row.push(best);
    }
    row.sort((a, b) => a.option - b.option);
    open.close(row);
    rows.push(row);
  }
  return rows.map((row) => new Map(row.map(({ option, value }) => [(options[option] as Option).name, value])));
}
