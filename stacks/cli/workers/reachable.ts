// May a machine trust what it finds at this address, and by what mark? Judged here, so that the machine need not guess.
import type { Authority } from '../../drivers/http-call.ts';
import { isPublicHost } from '../../drivers/plain-http.ts';
import { shownAt } from '../../drivers/shown-certificate.ts';
import { exitCodes, Failure } from '../types.ts';

/** The pin of a certificate that only this cluster's authority vouches for; null where every machine knows it, or without TLS. */
export async function reachable(
  url: string,
  authority: (Authority & { readonly name: string }) | null,
): Promise<string | null> {
  const { hostname = '', protocol } = URL.parse(url) ?? {};
  if (protocol === 'http:' && isPublicHost(hostname)) {
    const remedy = 'serve it with TLS: a proxy, or MUSTER_TLS_CERT_FILE for the orchestrator';
    throw new Failure(exitCodes.badInput, `${url}: others on the way could read the invite`, remedy);
  }
  if (protocol === 'http:') return null;
  if (protocol !== 'https:') {
    const remedy = 'write it in full: https://ai.example.org/muster';
    throw new Failure(exitCodes.badInput, `--url: expected a web address, got ${JSON.stringify(url)}`, remedy);
  }
  const { isPublic, pin } = await shownAt(url, authority);
  return isPublic ? null : pin;
}

export function isLoopback(url: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\]|.*\.localhost)$/.test(URL.parse(url)?.hostname ?? '');
}
