// Which texts may cross the wire? Names, labels and digests, checked once for every door.
import { z } from 'zod';
import { printable } from './printable.ts';

export { printable };

export const Name = z
  .string()
  .min(1)
  .max(200)
  .regex(printable, 'expected text without control characters')
  .describe('A name for people; may repeat.');

export const LabelKey = z.string().regex(/^[A-Za-z0-9._/-]{1,63}$/, 'expected 1 to 63 of A-Z a-z 0-9 . _ / -');

/** Worker labels: literal values. Job labels: globs over the whole value. */
export const Labels = z.record(LabelKey, z.string().max(255).regex(printable));

/** SHA-256 of the content, 64 lower-case hex digits. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits (SHA-256)');

/** A file inside a job's folder: relative, `/` between the parts, no `.` or `..` part, no control characters. */
export const RelativePath = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^\p{Cc}]*$/u, 'expected no control characters')
  .refine(
    (path) => !path.startsWith('/') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'expected a relative path without "." or ".." parts',
  );
