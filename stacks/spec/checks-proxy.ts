// Does the proxy know where its certificate comes from?
import { mistake } from './findings.ts';
import type { Finding, ServicesSpec } from './types.ts';

export function checkProxy({ proxy }: ServicesSpec): readonly Finding[] {
  const tls = typeof proxy === 'object' ? proxy.tls : undefined;
  if (typeof tls !== 'object') return [];
  const path = ['services', 'proxy', 'tls'];
  const files = [tls.certificate, tls.key].filter((file) => file !== undefined).length;
  if (tls.acme !== undefined && files > 0) {
    return [mistake(path, 'expected files or acme, got both', 'remove one of them')];
  }
  if (tls.acme === undefined && files < 2) {
    return [mistake(path, 'expected certificate and key, or acme', 'add what is missing, or write "tls: local"')];
  }
  if (tls.acme !== undefined && (typeof proxy !== 'object' || proxy.hosts === undefined)) {
    const remedy = 'add "hosts: [ai.example.org]"';
    return [mistake(path, 'expected hosts beside acme: an authority signs public names only', remedy)];
  }
  return [];
}
