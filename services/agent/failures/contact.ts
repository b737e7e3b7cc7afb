// Whom can be told about an agent after its end, and with which token? Kept in its state folder.
//
// What runs then may not have the settings of the agent: systemd 252 hands no credentials to ExecStopPost=, neither the
// token of a class nor the certificate of the authority.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Contact = {
  readonly url: URL;
  /** The agent's own, never that of its class. */
  readonly token: string;
  /** A file with the authority that alone may have signed the orchestrator's certificate. */
  readonly caFile: string | null;
};

type Stored = { readonly url: string; readonly token: string; readonly pinned: boolean };

const places = (state: string) => ({ file: join(state, 'contact.json'), authority: join(state, 'contact.crt') });

/** To be kept once the orchestrator knows the token; at once, since the end may come at any time. */
export const keepContact = (state: string, { caFile, token, url }: Contact): void => {
  const { file, authority } = places(state);
  if (caFile === null) rmSync(authority, { force: true });
  else writeFileSync(authority, readFileSync(caFile), { mode: 0o600 });
  const stored: Stored = { url: url.href, token, pinned: caFile !== null };
  writeFileSync(`${file}.new`, `${JSON.stringify(stored)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

/** Null for an agent that was never let in. */
export const readContact = (state: string): Contact | null => {
  const { file, authority } = places(state);
  try {
    const { pinned, token, url } = JSON.parse(readFileSync(file, 'utf8')) as Stored;
    return { url: new URL(url), token, caFile: pinned ? authority : null };
  } catch {
    return null;
  }
};
