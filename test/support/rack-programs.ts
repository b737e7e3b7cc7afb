// Where does a rack without a network get its programs from? Files of the lab, as a person would bring them.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.ts';

const cache = process.env.MUSTER_LAB_CACHE ?? '/var/cache/muster-lab';
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

const list = join(root, 'ansible/roles/dask/files/requirements.txt');
const wheels = join(cache, `wheels-dask-${sha256(list).slice(0, 12)}.tar`);
const ollama = join(cache, 'bin/ollama');
const found = (begin: string): string | undefined =>
  existsSync(cache) ? readdirSync(cache).find((name) => name.startsWith(begin)) : undefined;

/** Why there are none, or null. */
export function whyNoPrograms(): string | null {
  const there = existsSync(wheels) && existsSync(ollama) && found('tiny-') && found('image-python-');
  return there ? null : 'Dask, Ollama or what they need is not in the cache of the lab';
}

/** What a person writes before `muster deploy rack`. */
export const programVariables = (): Readonly<Record<string, string>> => ({
  MUSTER_OLLAMA: realpathSync(ollama),
  MUSTER_OLLAMA_SHA256: sha256(realpathSync(ollama)),
  MUSTER_WHEELS: wheels,
});

export const tinyModel = (): string => join(cache, found('tiny-') ?? '');
/** An image with Python, as an archive. */
export const pythonImage = (): string => join(cache, found('image-python-') ?? '');
