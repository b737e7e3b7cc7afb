// Which TLS does the proxy speak, and with which certificate?
import type { ReverseProxy } from '../../cluster/types.ts';
import { directive, type NginxDirective } from '../../formats/nginx.ts';
import type { Surroundings } from '../types.ts';

const ciphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

export type CertificateFiles = { readonly certificate: string; readonly key: string };

/** The certificate that lies among the secrets: the user's own, or one that the cluster signed. */
export function ownCertificate(at: Surroundings): CertificateFiles {
  return { certificate: at.secret('proxy/tls.crt'), key: at.secret('proxy/tls.key') };
}

/** The one from the ACME authority, with its key in the same file, once there is one. */
export const acmeCertificate = (at: Surroundings): string => `${at.state('certificates')}/certificate.pem`;

/** Where the ACME authority's questions are answered. */
export const challengeFolder = (at: Surroundings): string => `${at.state('certificates')}/challenges`;

/** What nginx is told: with ACME links, which the start script points to the certificate that is there. */
export function servedCertificate(proxy: ReverseProxy, at: Surroundings): CertificateFiles {
  if (proxy.tls.kind !== 'acme') return ownCertificate(at);
  const folder = at.scratch('proxy');
  return { certificate: `${folder}/tls.crt`, key: `${folder}/tls.key` };
}

/** In `http`. */
export function transport(proxy: ReverseProxy, at: Surroundings): readonly NginxDirective[] {
  const { certificate, key } = servedCertificate(proxy, at);
  return [
    directive('ssl_certificate', certificate),
    directive('ssl_certificate_key', key),
    directive('ssl_protocols', 'TLSv1.2', 'TLSv1.3'),
    directive('ssl_ciphers', ciphers.join(':')),
    directive('ssl_ecdh_curve', 'X25519:prime256v1:secp384r1'),
    directive('ssl_prefer_server_ciphers', 'off'),
    directive('ssl_session_cache', 'shared:tls:10m'),
    directive('ssl_session_timeout', '1d'),
    directive('ssl_session_tickets', 'off'),
  ];
}
