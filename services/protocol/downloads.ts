// What do clients and the orchestrator say to each other about the files that invited machines fetch?
import { z } from 'zod';
import { Digest } from './text.ts';

export const DownloadName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected a plain name');

/** All of them, by name; each is a blob that is held. What is not named is offered no more. */
export const DownloadsPut = z.strictObject({ files: z.record(DownloadName, Digest) });
export type DownloadsPut = z.infer<typeof DownloadsPut>;

export type DownloadList = {
  /** Of its host, which it offers as it is; null: it keeps what it is given. */
  readonly folder: string | null;
  readonly files: Readonly<Record<string, string>>;
};
