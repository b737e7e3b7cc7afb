// Is a request signed as AWS wants it (Signature Version 4)? Computed again from the secret key that was handed out.
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type SignedRequest = {
  readonly method: string;
  /** As it stands in the request. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Keys = { readonly id: string; readonly secret: string; readonly session: string };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** What must be signed: whoever changes one of them on the way must not get through. */
const needed = ['host', 'x-amz-date', 'x-amz-security-token'];

/** Null, or why AWS refuses it. */
export function signatureTrouble(
  { method, url, headers, body }: SignedRequest,
  keys: Keys,
  at: { readonly region: string; readonly service: string },
): string | null {
  const parts = authorization.exec(headers.authorization ?? '');
  if (parts === null) return `no signature: ${headers.authorization ?? 'nothing'}`;
  const [, id = '', day = '', region = '', service = '', names = '', signature = ''] = parts;
  if (id !== keys.id) return `unknown key ${id}`;
  if (region !== at.region || service !== at.service) return `signed for ${service} in ${region}`;
  if (headers['x-amz-security-token'] !== keys.session) return 'the token of the session is missing';
  const signed = names.split(';');
  const unsigned = needed.filter((name) => !signed.includes(name));
  if (unsigned.length > 0) return `not signed: ${unsigned.join(', ')}`;
  const date = String(headers['x-amz-date']);
  if (!date.startsWith(day)) return `${date} is not on ${day}`;
  const [path = '/', query = ''] = url.split('?');
  const lines = signed.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`).join('');
  const canonical = [method, path, query, lines, names, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${keys.secret}`, day), region), service), 'aws4_request');
  return hmac(key, text).toString('hex') === signature ? null : 'the signature is wrong';
}
