// What is a set, one backup? A folder named by its time, with a manifest of every file in it.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, readManifest } from './manifest.ts';

/** A time as the name of a folder: these sort as the times do. */
export const setName = (wall: number): string => new Date(wall).toISOString().replace(/[:.]/g, '-');
const setNames = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/** Names of folders that look like sets, the oldest first. */
export const setsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => setNames.test(name))
    .sort();

/** The manifest of a set whose files are all there, by their sizes; null for anything else. */
export const wholeSet = (set: string): Manifest | null => {
  try {
    const manifest = readManifest(set);
    const sizes = manifest.files.every(({ bytes, path }) => statSync(join(set, path)).size === bytes);
    return sizes ? manifest : null;
  } catch {
    return null;
  }
};
