// How does a test lead workers through an update? Names, what they run, and the one rollout.
import type { Lease, Member, Program, Rollout } from '../../services/scheduling/index.ts';
import { applyChanges, emptyState, holder } from '../../services/scheduling/index.ts';
import { Story } from './story.ts';

const before = 'a'.repeat(12);
const sha256 = 'b'.repeat(64);
export const release = { id: sha256.slice(0, 12), number: 2, version: '0.2.0' } as const;

const nameOf = (index: number): string => `w${String(index).padStart(2, '0')}`;

export class Fleet {
  readonly story: Story;
  readonly names: readonly string[];

  constructor(count: number, classOf: (index: number) => string = () => 'cpu', story = new Story()) {
    this.story = story;
    this.names = Array.from({ length: count }, (_, index) => nameOf(index));
    for (const [index, name] of this.names.entries()) {
      this.story.create(name, { class: classOf(index) });
      this.comeBack(name, before);
    }
  }

  /** As the door makes it. */
  wish(): Rollout {
    const members = this.names.map(
      (name): Member => ({
        ...{ workerId: name, name, class: this.story.state.workers.get(name)?.class ?? null },
        ...{ state: 'waiting', why: null, since: 0, awaySince: null, toldAt: 0 },
      }),
    );
    const { number, version } = release;
    return {
      ...{ id: 'u_1', text: '{}', signature: '', members, createdAt: 0, phase: 'canary', why: null, canary: null },
      release: { number, version, programs: { 'linux-x64': { sha256, bytes: 1 } } },
      ...{ deadlineMs: 60_000, provingMs: 30_000 },
    };
  }

  begin(): void {
    this.story.run({ type: 'start_update', rollout: this.wish() });
  }

  get rollout(): Rollout {
    return this.story.state.rollout as Rollout;
  }

  get phase(): Rollout['phase'] {
    return this.rollout.phase;
  }

  inState(state: Member['state']): readonly string[] {
    return this.rollout.members.filter((member) => member.state === state).map(({ name }) => name);
  }

  /** Connects anew as this release. */
  comeBack(name: string, id: string, failed: Program['failed'] = null): void {
    this.story.connect(name, this.leases(name));
    this.say(name, { platform: 'linux-x64', release: id, refused: null, failed });
  }

  /** It became what it was told to become. */
  renew(name: string): void {
    this.comeBack(name, release.id);
  }

  fail(name: string, why: string): void {
    this.say(name, { platform: 'linux-x64', release: before, refused: null, failed: { number: release.number, why } });
  }

  refuse(name: string, refused: string): void {
    this.say(name, { platform: 'linux-x64', release: null, refused, failed: null });
  }

  say(name: string, program: Program): void {
    this.story.run({ type: 'program', workerId: name, session: this.story.session(name), program });
  }

  leave(name: string): void {
    this.story.run({ type: 'leave', workerId: name, session: this.story.session(name) });
  }

  holderOf(job: string): string {
    return holder(this.story.job(job)) ?? 'nobody';
  }

  /** Time passes, and whoever is connected stays so. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      for (const name of this.names) {
        const session = this.story.state.sessions.get(name);
        if (session && !session.left) this.story.heartbeat(name, this.leases(name));
      }
      this.story.pass(1);
    }
  }

  /** Another process of the orchestrator: only rows survive, its clock begins elsewhere, and all come back as they are. */
  restart(): void {
    const { story } = this;
    const { counter, epoch, jobs, nextJobNumber, rollout, sessions, workers } = story.state;
    const here = this.names.filter((name) => sessions.get(name)?.left === false);
    story.state = emptyState();
    applyChanges(story.state, [
      { table: 'meta', epoch, counter, nextJobNumber },
      ...[...workers.values()].map((row) => ({ table: 'workers' as const, id: row.id, row })),
      ...[...jobs.values()].map((row) => ({ table: 'jobs' as const, row })),
      ...(rollout ? [{ table: 'rollout' as const, row: rollout }] : []),
    ]);
    story.mono = (story.mono * 7) % 1_000_000;
    story.run({ type: 'start' });
    for (const name of here) {
      const { program } = story.state.workers.get(name) ?? {};
      if (program) this.comeBack(name, program.release ?? before, program.failed);
    }
  }

  /** The leases that the worker has, as its heartbeat names them. */
  leases(name: string): readonly Lease[] {
    return [...(this.story.state.held.get(name) ?? [])].map((id) => this.story.lease(id));
  }
}
