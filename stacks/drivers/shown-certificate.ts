// Which certificate does a web address show, and who vouches for it? Looked at from here, before others rely on it.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { certificateTrouble } from './certificate-trouble.ts';
import type { Authority } from './http-call.ts';
import { Unreachable, Untrusted } from './orchestrator.ts';

export type Shown = {
  /** `sha256//…` of its public key, as `curl --pinnedpubkey` takes it. */
  readonly pin: string;
  /** Signed by an authority that every machine knows. */
  readonly isPublic: boolean;
};

const limitMs = 10_000;

/** Shakes hands and hangs up; `ca` undefined: the authorities of Node. Throws what went wrong. */
async function pinOf(url: URL, ca: string | undefined): Promise<string> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const socket: TLSSocket = connect({
    host: name.endsWith('.localhost') ? '127.0.0.1' : name,
    port: Number(url.port || 443),
    ...(isIP(name) === 0 && { servername: name }),
    ...(ca !== undefined && { ca }),
  });
  socket.setTimeout(limitMs, () => socket.destroy(new Error(`no answer for ${limitMs} ms`)));
  try {
    await once(socket, 'secureConnect');
    const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
    if (key === undefined) throw new Error('no certificate was shown');
    return `sha256//${createHash('sha256').update(key).digest('base64')}`;
  } finally {
    socket.destroy();
  }
}

/** What `address` (https) shows. Throws Untrusted or Unreachable. */
export async function shownAt(
  address: string,
  authority: (Authority & { readonly name: string }) | null,
): Promise<Shown> {
  const url = new URL(address);
  const signer = authority ? `an authority in ${authority.name}` : 'an authority that this machine knows';
  const failed = (error: unknown): Error => {
    const trouble = certificateTrouble(error, {
      url: address,
      signer,
      remedy: 'muster --ca FILE, or MUSTER_CA_FILE=FILE',
    });
    return trouble === null ? new Unreachable(address, error) : new Untrusted(trouble, { cause: error });
  };
  try {
    return { pin: await pinOf(url, undefined), isPublic: true };
  } catch (error) {
    if (authority === null || certificateTrouble(error, { url: address, signer, remedy: '' }) === null)
      throw failed(error);
  }
  try {
    return { pin: await pinOf(url, authority.pem), isPublic: false };
  } catch (error) {
    throw failed(error);
  }
}
