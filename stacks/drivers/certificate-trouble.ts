// Why did no TLS connection come about? Where, what was expected, what was found, what to do.

export type Sought = {
  /** The address that was called. */
  readonly url: string;
  /** Who may have signed the certificate, such as `an authority in ca.crt`. */
  readonly signer: string;
  /** How another authority is named, such as `MUSTER_CA_FILE=FILE`. */
  readonly remedy: string;
};

type Found = {
  readonly code?: string;
  readonly message?: string;
  readonly cert?: { readonly subjectaltname?: string };
};
type Telling = (found: Found, sought: Sought) => string;

const unsigned: Telling = ({ code }, { remedy, signer }) =>
  `expected a certificate signed by ${signer}, found one by another authority (${code}); if it is yours, name that one: ${remedy}`;

const noTls: Telling = (_, { url }) =>
  `expected TLS, found another protocol; if it has no certificate, write ${url.replace(/^https:/, 'http:')}`;

const oldTls: Telling = ({ code }) => `expected TLS 1.2 or later, found an older one (${code}); update that server`;

const tellings: Readonly<Record<string, Telling>> = {
  CERT_HAS_EXPIRED: () =>
    'expected a certificate that still holds, found one that has ended; renew it there, or set the clock of this machine',
  CERT_NOT_YET_VALID: () =>
    'expected a certificate that holds already, found one that begins later; set the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: ({ cert }, { url }) =>
    `expected a certificate for ${new URL(url).hostname}, found one for ${cert?.subjectaltname ?? 'no name at all'}; ` +
    'call it by one of these, or have one made for this name too',
  CERT_SIGNATURE_FAILURE: unsigned,
  DEPTH_ZERO_SELF_SIGNED_CERT: unsigned,
  INVALID_CA: unsigned,
  SELF_SIGNED_CERT_IN_CHAIN: unsigned,
  UNABLE_TO_GET_ISSUER_CERT: unsigned,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unsigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unsigned,
  INVALID_PURPOSE: ({ code }) =>
    `expected a certificate for servers, found one for another use (${code}); replace it there`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: oldTls,
  ERR_SSL_UNSUPPORTED_PROTOCOL: oldTls,
};

/** While something is written, Node gives the reason of OpenSSL in the message alone. */
const codeOf = ({ code, message }: Found): string =>
  code === 'EPROTO'
    ? `ERR_SSL_${message
        ?.match(/:SSL routines:[^:]*:([^:]+):/)?.[1]
        ?.toUpperCase()
        .replaceAll(' ', '_')}`
    : (code ?? '');

/** One line; null when the trouble lies elsewhere. */
export function certificateTrouble(error: unknown, sought: Sought): string | null {
  const code = codeOf(error as Found);
  const telling = tellings[code];
  return telling === undefined ? null : `${sought.url}: ${telling({ ...(error as Found), code }, sought)}`;
}
