// Is all there that drives a cloud? The packages of Pulumi, and a `pulumi` that is new enough.
import { programPath } from '../../drivers/programs.ts';
// @ts-expect-error: plain JavaScript has no types.
import { ensureInstalled } from '../setup.js';
import { exitCodes, Failure, type Io } from '../types.ts';

const leastVersion = '3.200.0';
const remedy = 'install it as https://www.pulumi.com/docs/install/ says, and try again';

/** Negative: the first is older. */
function compared(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  const at = [0, 1, 2].find((index) => a?.[index] !== b?.[index]);
  return at === undefined ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0);
}

/** Throws a Failure that says what was expected, what is there, and how to get it. */
export async function demandPulumi(io: Io): Promise<typeof import('../../drivers/pulumi.ts')> {
  const found = programPath('pulumi', io.env.PATH);
  if (found === null) {
    const expected = `expected pulumi ${leastVersion} or newer on the PATH, found none`;
    throw new Failure(exitCodes.environment, expected, remedy);
  }
  await ensurePackages(io);
  const pulumi = await import('../../drivers/pulumi.ts');
  const version = await pulumi.pulumiVersion();
  if (version !== null && compared(version, leastVersion) >= 0) return pulumi;
  const expected = `expected pulumi ${leastVersion} or newer, found ${version ?? 'one that does not say'} (${found})`;
  throw new Failure(exitCodes.environment, expected, remedy);
}

/** They are large, and nothing but the clouds needs them: they come when they are asked for. */
async function ensurePackages({ env, root }: Io): Promise<void> {
  try {
    await ensureInstalled(root, 'test', env);
  } catch (error) {
    const { message, remedy: how } = error as Error & { readonly remedy?: string };
    throw new Failure(exitCodes.environment, `the packages of Pulumi are missing: ${message}`, how ?? 'npm ci');
  }
}
