// What does one call of `muster` say? Its streams as texts and its exit code, without a process.
import { Writable } from 'node:stream';
import { run } from '../../stacks/cli/index.ts';

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** `root` is the clone that the call is about, `cwd` where the user stands (by default there). */
export async function muster(argv: readonly string[], root: string, cwd = root): Promise<Answer> {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, done) => {
        texts[name] += text;
        done();
      },
    });
  const code = await run(argv, { stdout: stream('stdout'), stderr: stream('stderr'), env: {}, root, cwd });
  return { code, ...texts };
}
