// What do the linters read? Every file of every spec, rendered once, each spec in a folder of its own.
import { execFile, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../stacks/drivers/files.ts';
import { type File, render, targets } from '../../stacks/index.ts';
import { offered } from './cloud-fakes-specs.ts';
import { cleanEnvironment } from './lab.ts';
import { manySpecs } from './many-specs.ts';
import { clusterOf, specs } from './specs.ts';

/** By name: the examples and all of the options' specs. */
export const lintedSpecs: ReadonlyMap<string, string> = new Map([...specs, ...manySpecs]);

/** What all targets make of each spec. */
export function lintedFiles(): ReadonlyMap<string, readonly File[]> {
  const all = Object.values(targets);
  return new Map([...lintedSpecs].map(([name, text]) => [name, render(clusterOf(text), all, offered).files]));
}

/** Writes them below the folder; gives their paths. */
export async function writeLinted(folder: string): Promise<readonly string[]> {
  const written: string[] = [];
  for (const [name, files] of lintedFiles()) {
    await writeFiles(join(folder, name), files);
    written.push(...files.map(({ path }) => join(folder, name, path)));
  }
  return written;
}

const env = cleanEnvironment();

export type Verdict = { readonly code: number; readonly said: string };

/** What to give to a test that needs a program. */
export function needs(program: string): { readonly skip?: string } {
  const { error } = spawnSync(program, ['--version'], { env });
  return error === undefined ? {} : { skip: `${program} is absent` };
}

/** Runs a linter of the lab; all that it says. */
export function judge(program: string, args: readonly string[], cwd = '/'): Promise<Verdict> {
  const options = { cwd, encoding: 'utf8', env, maxBuffer: 2 ** 26 } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
    });
  });
}

/** The same for each item, as many at once as there are processors. */
export async function judgeEach<Item>(
  items: readonly Item[],
  judgement: (item: Item) => Promise<Verdict>,
): Promise<ReadonlyMap<Item, Verdict>> {
  const verdicts = new Map<Item, Verdict>();
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) verdicts.set(item, await judgement(item));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return verdicts;
}
