// What do clients, machines and the orchestrator say to each other about invites?
import { z } from 'zod';
import { Digest, Name } from './text.ts';

export const inviteSeconds = { default: 3600, least: 60, most: 2_592_000 } as const;

/** Certificates of an authority, in PEM. */
const Authority = z
  .string()
  .max(64 * 1024)
  .regex(
    /^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n)+$/,
    'expected certificates (PEM)',
  );

export const InviteCreate = z.strictObject({
  class: z
    .string()
    .max(63)
    .optional()
    .describe('The class of the worker; may be absent where there is one class only.'),
  name: Name.optional().describe('The name of the worker; that of its class without.'),
  expiresSeconds: z.int().min(inviteSeconds.least).max(inviteSeconds.most).default(inviteSeconds.default),
  authority: Authority.nullable()
    .default(null)
    .describe('Who signed the certificate that the machine will be shown, where no machine knows it by itself.'),
});
/** As a client writes it. */
export type InviteRequest = z.input<typeof InviteCreate>;
export type InviteCreate = z.infer<typeof InviteCreate>;

export const InviteView = z.strictObject({
  id: z.string(),
  class: z.string(),
  name: z.string().nullable(),
  state: z.enum(['open', 'used', 'expired', 'revoked']),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable().describe('When it was used or revoked.'),
  worker: z.string().nullable().describe('Name of the worker that joined with it, while there is one.'),
});
export type InviteView = z.infer<typeof InviteView>;
export type InviteList = { readonly invites: readonly InviteView[] };

/** The answer to a create: the only time that the token is shown. */
export type InviteCreated = InviteView & {
  readonly token: string;
  /** Where machines reach the orchestrator, if it was told. */
  readonly url: string | null;
};

/** The machine makes its token itself: asking again with the same one is answered the same, so no answer can be lost. */
export const Join = z.strictObject({ tokenHash: Digest.describe('SHA-256 of the token that it will use.') });
export type Join = z.infer<typeof Join>;
export type Joined = { readonly workerId: string; readonly name: string; readonly class: string | null };
