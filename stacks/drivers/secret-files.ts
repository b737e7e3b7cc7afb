// Which secrets are missing, and how is each kind of them made? In the order of the list; what is there stays.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SecretFile } from '../catalog/types.ts';
import { stillDoes } from './certificate-check.ts';
import { createFolder, createPrivate, giveAway, placeBelow, replacePrivate } from './private-files.ts';
import { admitsPassword, bearerMapLine, htpasswdLine, newPassword, newToken } from './secret-texts.ts';
import { readSecret } from './secrets.ts';
import { newWireguardKey, wireguardPublicKey, wireguardText } from './wireguard.ts';

export type SecretsPlace = {
  /** The secrets folder, absolute. */
  readonly folder: string;
  /** Who must read them; null: the caller. */
  readonly owner: number | null;
  /** The folder of cluster.yaml, for files that the user names; null: they are not at hand here. */
  readonly root: string | null;
};

export type SecretsMade = {
  /** Paths of SecretFiles that were made or made anew. */
  readonly made: readonly string[];
  /** Paths of files that the user names, that are missing and not at hand here. */
  readonly left: readonly string[];
};

type Kind<Name extends SecretFile['kind']> = Extract<SecretFile, { kind: Name }>;
type Outcome = 'kept' | 'made' | 'left';
type Maker<Name extends SecretFile['kind']> = (file: Kind<Name>, place: SecretsPlace) => Outcome | Promise<Outcome>;

const outcome = (changed: boolean): Outcome => (changed ? 'made' : 'kept');
const at = (place: SecretsPlace, name: string): string => placeBelow(place.folder, name);

function sourceOf(file: { readonly path: string; readonly of: string }, place: SecretsPlace): string {
  const value = readSecret(at(place, file.of));
  if (value === null) throw new Error(`${file.path} follows from ${file.of}, which is missing in ${place.folder}`);
  return value;
}

/** Writes what follows from something else, unless it does already. */
function follow(path: string, fits: (text: string) => boolean, text: () => string): Outcome {
  const present = readSecret(path);
  if (present !== null && fits(present)) return 'kept';
  replacePrivate(path, text());
  return 'made';
}

function follows(path: string, text: string): Outcome {
  return follow(
    path,
    (present) => present === text.trim(),
    () => text,
  );
}

/** The key first, and the certificate for the key that lies there: the two fit whoever else is at it. */
async function keyAt(path: string): Promise<string> {
  const { newKey } = await import('./certificates.ts');
  createPrivate(path, newKey());
  return readFileSync(path, 'utf8');
}

function publicKeyOf(file: { readonly path: string; readonly of: string }, place: SecretsPlace): string {
  const key = wireguardPublicKey(sourceOf(file, place));
  if (key !== null) return key;
  throw new Error(`${file.of}: expected 32 bytes in base64, got another text; remove the file, and a new key is made`);
}

const makers: { readonly [Name in SecretFile['kind']]: Maker<Name> } = {
  token: ({ path, prefix }, place) => outcome(createPrivate(at(place, path), `${newToken(prefix)}\n`)),
  password: ({ path }, place) => outcome(createPrivate(at(place, path), `${newPassword()}\n`)),
  htpasswd: (file, place) => {
    const password = sourceOf(file, place);
    const fits = (line: string) => admitsPassword(line, file.user, password);
    return follow(at(place, file.path), fits, () => htpasswdLine(file.user, password));
  },
  'bearer-map': (file, place) => {
    const line = bearerMapLine(sourceOf(file, place));
    if (line === null)
      throw new Error(`${file.of}: expected a bearer token of 16 to 512 letters, digits and ._~+/-, got another text`);
    return follows(at(place, file.path), line);
  },
  authority: async ({ name, path }, place) => {
    const certificate = at(place, `${path}.crt`);
    if (readSecret(certificate) !== null) return 'kept';
    const key = await keyAt(at(place, `${path}.key`));
    const { issueAuthority } = await import('./certificates.ts');
    return outcome(createPrivate(certificate, await issueAuthority(name, key, new Date())));
  },
  certificate: async ({ by, names, path, use }, place) => {
    const authority = sourceOf({ path, of: `${by}.crt` }, place);
    const certificate = at(place, `${path}.crt`);
    const leaf = { names, use, key: readSecret(at(place, `${path}.key`)) ?? '' };
    if (stillDoes(readSecret(certificate) ?? '', leaf, authority, new Date())) return 'kept';
    const { issueCertificate } = await import('./certificates.ts');
    const signer = { certificate: authority, key: sourceOf({ path, of: `${by}.key` }, place) };
    const key = await keyAt(at(place, `${path}.key`));
    replacePrivate(certificate, await issueCertificate({ ...leaf, key }, signer, new Date()));
    return 'made';
  },
  'wireguard-key': ({ path }, place) => outcome(createPrivate(at(place, path), `${newWireguardKey()}\n`)),
  wireguard: ({ of, path, peers, port }, place) => {
    const known = peers.map((peer) => ({ ...peer, publicKey: publicKeyOf({ path, of: peer.of }, place) }));
    publicKeyOf({ path, of }, place);
    return follows(at(place, path), wireguardText(sourceOf({ path, of }, place), port, known));
  },
  copy: (file, place) => follows(at(place, file.path), `${sourceOf(file, place)}\n`),
  given: ({ path, source }, place) => {
    if (place.root === null) return readSecret(at(place, path)) === null ? 'left' : 'kept';
    const text = readSecret(resolve(place.root, source));
    if (text === null)
      throw new Error(
        `expected the file ${resolve(place.root, source)} for ${path}, found none: put it there, or name another one in cluster.yaml`,
      );
    return follows(at(place, path), `${text}\n`);
  },
};

/** The files on disk that a SecretFile stands for. */
function pathsOf({ kind, path }: SecretFile): readonly string[] {
  return kind === 'authority' || kind === 'certificate' ? [`${path}.crt`, `${path}.key`] : [path];
}

/** Makes what is missing, and anew what no longer fits what it follows from. Throws the system's error or a sentence. */
export async function createSecretFiles(place: SecretsPlace, files: readonly SecretFile[]): Promise<SecretsMade> {
  const outcomes: { readonly path: string; readonly outcome: Outcome }[] = [];
  for (const file of files) {
    const make = makers[file.kind] as Maker<SecretFile['kind']>;
    const outcome = await make(file as never, place);
    outcomes.push({ path: file.path, outcome });
    if (place.owner === null || outcome === 'left') continue;
    for (const path of pathsOf(file)) giveAway(place.folder, at(place, path), place.owner);
  }
  const those = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).map(({ path }) => path);
  return { made: those('made'), left: those('left') };
}

/** Puts a value of the user's in its place, whatever was there. */
export function writeSecret(place: SecretsPlace, path: string, value: string): void {
  replacePrivate(at(place, path), `${value}\n`);
  if (place.owner !== null) giveAway(place.folder, at(place, path), place.owner);
}

/** Only the folders, for containers that make the files themselves; a bind mount does not create them. */
export function createSecretFolders(place: SecretsPlace, files: readonly { readonly path: string }[]): void {
  const folders = new Set(files.map(({ path }) => dirname(join(place.folder, path))));
  for (const folder of [place.folder, ...folders]) {
    createFolder(folder);
    if (place.owner !== null) giveAway(place.folder, folder, place.owner);
  }
}
