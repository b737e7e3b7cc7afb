// What does each key of the proxy mean?
import { z } from 'zod';
import { proxyDefaults } from './defaults-services.ts';
import { block, explain, list, size, text, whole, yesOrNo } from './fields.ts';
import { serviceKeys } from './schema-service.ts';
import { hostPathRule } from './words.ts';
import { emailRule, hostNameRule, httpsUrlRule } from './words-web.ts';

const tlsFiles = block({
  certificate: text(hostPathRule)
    .meta({ description: 'Your certificate with its chain (PEM), absolute or relative to this file.' })
    .optional(),
  key: text(hostPathRule).meta({ description: 'Its private key (PEM).' }).optional(),
  acme: block({
    email: text(emailRule).meta({ description: 'Where the authority writes when something is wrong.' }),
    directory: text(httpsUrlRule)
      .meta({
        description: 'The directory of the authority. Without it: Let’s Encrypt.',
      })
      .optional(),
  })
    .meta({ description: 'A certificate from an ACME authority, renewed by itself; the hosts must reach port 80.' })
    .optional(),
});

export const proxySchema = block({
  ...serviceKeys(proxyDefaults),
  hosts: list(text(hostNameRule), 'host names')
    .meta({
      description: 'Names under which it is reached; others are refused. Without it: CLUSTER.localhost and localhost.',
    })
    .optional(),
  httpPort: whole(1, 65535, 'a port')
    .meta({ description: 'Port of the host that sends browsers on to TLS.', default: proxyDefaults.httpPort })
    .optional(),
  httpsPort: whole(1, 65535, 'a port')
    .meta({ description: 'Port of the host with TLS.', default: proxyDefaults.httpsPort })
    .optional(),
  public: yesOrNo
    .meta({ description: 'Listen on every address of the host, not only on loopback.', default: proxyDefaults.public })
    .optional(),
  tls: z
    .union(
      [z.literal('local'), tlsFiles],
      explain('local or a map of keys', 'write local for a certificate of your own authority'),
    )
    .meta({
      description: 'Where the certificate comes from: "local" (an authority of your own), files, or acme.',
      default: proxyDefaults.tls,
    })
    .optional(),
  uploadLimit: size
    .meta({ description: 'Largest upload to the chat page.', default: proxyDefaults.uploadLimit })
    .optional(),
  requestsPerSecond: whole(1, 100_000, 'a number of requests')
    .meta({
      description: 'Requests of one client in a second; more get 429.',
      default: proxyDefaults.requestsPerSecond,
    })
    .optional(),
});
