// What does a credential look like, and how is one compared? (hardening SEC4)
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `mk` admin key, `mm` metrics token, `mc` class secret, `wt` worker token, `mi` invite: the prefix tells a scanner and a person what it found. */
export type TokenPrefix = 'mk' | 'mm' | 'mc' | 'wt' | 'mi';

/** 256 random bits: the prefix, `_`, and 43 URL-safe characters. */
export const newToken = (prefix: TokenPrefix): string => `${prefix}_${randomBytes(32).toString('base64url')}`;

/** SHA-256 in hex: the only form in which a token is stored. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Compares two hashes in constant time. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
