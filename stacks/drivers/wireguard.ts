// What stands in the files of WireGuard? Keys of X25519 in base64, and what `wg setconf` reads (wg(8)).
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { WireguardPeer } from '../catalog/types.ts';

/** PKCS #8 before the 32 bytes of a private key of X25519 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

export function newWireguardKey(): string {
  const der = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  return der.subarray(pkcs8.length).toString('base64');
}

/** Null: the text is no private key. */
export function wireguardPublicKey(key: string): string | null {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== key) return null;
  const secret = createPrivateKey({ key: Buffer.concat([pkcs8, bytes]), type: 'pkcs8', format: 'der' });
  return createPublicKey(secret).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
}

/** Routers forget who sent something after half a minute. */
const keepaliveSeconds = 25;

export type KnownPeer = Omit<WireguardPeer, 'of'> & { readonly publicKey: string };

/** Each peer speaks from its own address alone: whatever says another one is dropped. */
export function wireguardText(key: string, port: number, peers: readonly KnownPeer[]): string {
  const blocks = peers.map(({ address, endpoint, name, publicKey }) => [
    '',
    `# ${name}`,
    '[Peer]',
    `PublicKey = ${publicKey}`,
    `AllowedIPs = ${address}/32`,
    ...(endpoint === null ? [] : [`Endpoint = ${endpoint}`]),
    `PersistentKeepalive = ${keepaliveSeconds}`,
  ]);
  return [['[Interface]', `PrivateKey = ${key}`, `ListenPort = ${port}`], ...blocks, ['']].flat().join('\n');
}
