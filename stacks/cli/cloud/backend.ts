// Where does the state of the clouds lie, and what opens it? Where the user is logged in, else below Muster's home.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFolder, createPrivate } from '../../drivers/private-files.ts';
import { newToken } from '../../drivers/secret-texts.ts';
import { secretsFolder } from '../../drivers/secrets.ts';
import type { Io } from '../types.ts';

export type Backend = {
  /** For people; without credentials. */
  readonly where: string;
  /** Whether it is Muster's own. */
  readonly own: boolean;
  /** For the engine alone; `undefined` takes a variable away. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

export const ownState = (home: string): string => join(home, 'pulumi');
const passphraseFile = (home: string): string => join(secretsFolder(home), 'pulumi');

/** What the user has chosen: a variable, or `pulumi login` some time ago. */
function chosen({ env }: Io): string | null {
  if (env.PULUMI_BACKEND_URL) return withoutCredentials(env.PULUMI_BACKEND_URL);
  if (env.PULUMI_ACCESS_TOKEN) return 'Pulumi Cloud';
  const file = join(env.PULUMI_HOME || join(env.HOME || homedir(), '.pulumi'), 'credentials.json');
  try {
    const { current } = JSON.parse(readFileSync(file, 'utf8')) as { readonly current?: string };
    return current ? withoutCredentials(current) : null;
  } catch {
    return null;
  }
}

const withoutCredentials = (url: string): string => url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');

/** Makes the passphrase once. The engine reads it from its file: it is in no argument and in no environment. */
export function backendOf(io: Io, home: string): Backend {
  const { env } = io;
  createPrivate(passphraseFile(home), `${newToken('mp')}\n`);
  const general = {
    MUSTER_HOME: home,
    MUSTER_EXECUTABLES: 'built',
    // The programs are TypeScript: they run under the Node that runs this.
    PATH: `${dirname(process.execPath)}:${env.PATH ?? ''}`,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const ours = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(home) };
  const where = chosen(io);
  if (where !== null) {
    const hasOne = env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    return { where, own: false, env: { ...general, ...(hasOne ? {} : ours) } };
  }
  createFolder(ownState(home));
  return {
    where: ownState(home),
    own: true,
    env: { ...general, ...ours, PULUMI_BACKEND_URL: `file://${ownState(home)}` },
  };
}

/** Where our state is new, the salt beside the program is of an old passphrase, and with it nothing would open. */
export function forgetSalt(folder: string, stack: string): void {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^encryptionsalt:.*\n?/m, ''));
}
