// Does a secret show up where it must not? Searched for in each spelling that a program may give it (SEC7).
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The secret as text, base64 (wherever it starts in a longer text), URL and hex. */
export function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    // The first and last characters share bits with their neighbours.
    const core = whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
    return [
      core.slice(before === 0 ? 0 : 4),
      core
        .slice(before === 0 ? 0 : 4)
        .replaceAll('+', '-')
        .replaceAll('/', '_'),
    ];
  });
  return [...new Set([secret, encodeURIComponent(secret), bytes.toString('hex'), ...inBase64])];
}

export class Canaries {
  readonly #needles: { readonly name: string; readonly bytes: Buffer }[] = [];

  add(name: string, secret: string): void {
    for (const spelling of spellings(secret)) this.#needles.push({ name, bytes: Buffer.from(spelling) });
  }

  /** One spelling per line, for `grep -F -f -`. */
  get patterns(): string {
    return this.#needles.map(({ bytes }) => `${bytes}\n`).join('');
  }

  /** Names of the secrets that are in it. */
  in(haystack: Buffer | string): string[] {
    const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack;
    return [...new Set(this.#needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => name))];
  }

  /** `path: secret` for each file below the folder that holds one; links are not followed. */
  inFiles(folder: string, skip: (path: string) => boolean): string[] {
    const found: string[] = [];
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const shown = relative(folder, path);
      if (!entry.isFile() || skip(shown)) continue;
      for (const name of this.in(readOr(path))) found.push(`${shown}: ${name}`);
    }
    return found.sort();
  }

  /** Watches the arguments and environments of all processes of this machine until the returned function is called. */
  watchProcesses(): () => string[] {
    const found = new Set<string>();
    const look = (): void => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        for (const file of ['cmdline', 'environ']) {
          const bytes = readOr(`/proc/${pid}/${file}`);
          for (const name of this.in(bytes)) {
            found.add(`${file} of ${readOr(`/proc/${pid}/comm`).toString().trim()}: ${name}`);
          }
        }
      }
    };
    const timer = setInterval(look, 100).unref();
    return () => {
      clearInterval(timer);
      look();
      return [...found].sort();
    };
  }
}

/** Empty for what is gone or may not be read. */
function readOr(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
