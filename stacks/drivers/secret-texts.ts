// What stands in a secret? Random words, and what nginx reads of them.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits under a prefix that tells a scanner and a person what it found. */
export const newToken = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`;

/** 192 random bits. */
export const newPassword = (): string => randomBytes(24).toString('base64url');

function saltedHash(password: string, salt: Buffer): Buffer {
  return createHash('sha1').update(password).update(salt).digest();
}

/** A line for nginx. Salted SHA-1 costs it little at each request, and a random password needs no slow hash. */
export function htpasswdLine(user: string, password: string): string {
  const salt = randomBytes(8);
  return `${user}:{SSHA}${Buffer.concat([saltedHash(password, salt), salt]).toString('base64')}\n`;
}

export function admitsPassword(line: string, user: string, password: string): boolean {
  const [, encoded] = line.split(`${user}:{SSHA}`);
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const hash = bytes.subarray(0, 20);
  return (
    line.startsWith(`${user}:`) && hash.length === 20 && timingSafeEqual(hash, saltedHash(password, bytes.subarray(20)))
  );
}

/** The characters that RFC 6750 lets a bearer token have. */
const bearerToken = /^[A-Za-z0-9._~+/-]{16,512}=*$/;

/** A line of an nginx map over the header; a pattern, because nginx compares plain keys without regard to case. */
export function bearerMapLine(token: string): string | null {
  if (!bearerToken.test(token)) return null;
  const pattern = token.replace(/[.+]/g, (character) => `[${character}]`);
  return `"~^[Bb]earer ${pattern}$" 1;\n`;
}
