// Which specs does nobody write by hand? As many as it takes for each value of each key to meet each of the others.
import { pairwise } from './pairwise.ts';
import { specOptions } from './spec-options.ts';

type Block = Record<string, unknown>;

function put(into: Block, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[key] = Array.isArray(value) || typeof value !== 'object' ? value : { ...value };
  else {
    if (!Object.hasOwn(into, key)) into[key] = {};
    put(into[key] as Block, rest, value);
  }
}

/** Texts in JSON, which is YAML. */
export const manySpecs: ReadonlyMap<string, string> = new Map(
  pairwise(specOptions).map((row, index) => {
    const spec: Block = {};
    for (const [name, value] of row) if (value !== undefined) put(spec, name.split('.'), value);
    return [`options-${index + 1}`, JSON.stringify(spec)];
  }),
);
