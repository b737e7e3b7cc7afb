// What do the maker of a release, the orchestrator and the agents say to each other about a new program for the agents?
import { z } from 'zod';
import { Name } from './text.ts';

/** What was signed; as text, for a signature is over bytes. */
export type Release = {
  /** Grows with each release: an older one is refused. Milliseconds since 1970 when it was signed. */
  readonly number: number;
  readonly version: string;
  /** By platform, such as linux-x64. */
  readonly programs: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
};

export const SignedRelease = z.strictObject({
  text: z.string().min(1).max(4096).describe('A Release as JSON.'),
  signature: z.string().max(200).describe('Ed25519 over the text, in base64.'),
});
export type SignedRelease = z.infer<typeof SignedRelease>;

/** A program is named by the first digits of its SHA-256, as its folder is. */
export const releaseId = (sha256: string): string => sha256.slice(0, 12);
const ReleaseId = z.string().regex(/^[0-9a-f]{12}$/);

/** How the agent is told: with a heartbeat. Absent from the answers to all that have nothing to update. */
export type UpdateWish = SignedRelease & {
  /** The new one must be connected within so long, or the one before comes back. */
  readonly deadlineSeconds: number;
};

export const RunningProgram = z.strictObject({
  platform: z.string().max(50),
  release: ReleaseId.nullable().describe('Null: it does not run from a folder of releases.'),
  refused: z.string().max(500).nullable().describe('Why it cannot be updated by the orchestrator; null: it can.'),
});

/** What an agent says of its own program after each register, and when an update failed. */
export const ProgramReport = RunningProgram.extend({
  session: z.string().max(64),
  failed: z
    .strictObject({ number: z.int().min(0), why: z.string().max(500) })
    .nullable()
    .describe('The last update that did not come to its end, while the one before runs again.'),
});
export type ProgramReport = z.infer<typeof ProgramReport>;

const seconds = (least: number, most: number, usual: number) => z.int().min(least).max(most).default(usual);

export const UpdateCreate = SignedRelease.extend({
  class: z.string().max(63).optional().describe('Only workers of this class.'),
  workers: z.array(Name).min(1).max(10_000).optional().describe('Only these, by name.'),
  canary: Name.optional().describe('The first one; without it the first of each class.'),
  deadlineSeconds: seconds(5, 600, 60),
  provingSeconds: seconds(1, 3600, 30).describe('How long the new one must be well before the next one starts.'),
});
export type UpdateCreate = z.infer<typeof UpdateCreate>;
/** As a client writes it. */
export type UpdateRequest = z.input<typeof UpdateCreate>;

export const memberStates = ['waiting', 'emptying', 'switching', 'proving', 'done', 'failed', 'skipped'] as const;
export type MemberState = (typeof memberStates)[number];
export const updatePhases = ['canary', 'rolling', 'done', 'halted'] as const;
export type UpdatePhase = (typeof updatePhases)[number];

export type UpdateView = {
  readonly id: string;
  readonly version: string;
  readonly number: number;
  readonly phase: UpdatePhase;
  /** Why it halted. */
  readonly why: string | null;
  readonly createdAt: string;
  readonly workers: readonly {
    readonly name: string;
    readonly class: string | null;
    /** Whether it is offline now. */
    readonly offline: boolean;
    readonly state: MemberState;
    readonly why: string | null;
  }[];
};
export type UpdateAnswer = { readonly update: UpdateView | null };
