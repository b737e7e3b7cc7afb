// What is there in the cloud that no cloud is? Resources in a file, which a test may change, and a list of calls.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Values } from './type-check.ts';

export type Thing = { readonly type: string; readonly id: string; readonly name: string; readonly props: Values };
export type Call = { readonly act: 'create' | 'update' | 'delete'; readonly type: string; readonly name: string };

type Kept = {
  readonly things: Record<string, Thing>;
  /** Types whose next creation or change fails. */
  readonly failing: string[];
  readonly calls: Call[];
};

/** An id is one of its type alone. */
const keyOf = ({ id, type }: Pick<Thing, 'id' | 'type'>): string => `${type} ${id}`;

export class World {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
    if (!existsSync(file)) this.write({ things: {}, failing: [], calls: [] });
  }

  /** By type and id. */
  get things(): Readonly<Record<string, Thing>> {
    return this.read().things;
  }

  find(type: string, id: string): Thing | null {
    return this.things[keyOf({ type, id })] ?? null;
  }

  put(act: 'create' | 'update', thing: Thing): void {
    this.change(({ things, calls }) => {
      things[keyOf(thing)] = thing;
      calls.push({ act, type: thing.type, name: thing.name });
    });
  }

  remove(type: string, id: string): void {
    this.change(({ things, calls }) => {
      const key = keyOf({ type, id });
      const { name = '' } = things[key] ?? {};
      delete things[key];
      calls.push({ act: 'delete', type, name });
    });
  }

  /** The next creation or change of that type fails. */
  failOnce(type: string): void {
    this.change(({ failing }) => void failing.push(type));
  }

  /** Whether it must fail now; asking uses it up. */
  mustFail(type: string): boolean {
    const at = this.read().failing.indexOf(type);
    if (at >= 0) this.change(({ failing }) => void failing.splice(at, 1));
    return at >= 0;
  }

  /** Somebody changes one of that type by hand: the first by name. */
  drift(type: string, change: Values): void {
    this.change(({ things }) => {
      const all = Object.values(things).filter((each) => each.type === type);
      const [thing] = all.sort((a, b) => (a.name < b.name ? -1 : 1));
      if (thing === undefined) throw new Error(`no ${type} is there`);
      things[keyOf(thing)] = { ...thing, props: { ...thing.props, ...change } };
    });
  }

  /** What was done since the last time, `act type name` each, sorted. */
  takeCalls(): readonly string[] {
    const lines = this.read().calls.map(({ act, type, name }) => `${act} ${type} ${name}`);
    this.change(({ calls }) => void calls.splice(0));
    return lines.sort();
  }

  private read(): Kept {
    return JSON.parse(readFileSync(this.file, 'utf8'));
  }

  private write(kept: Kept): void {
    writeFileSync(this.file, JSON.stringify(kept));
  }

  private change(act: (kept: Kept) => void): void {
    const kept = this.read();
    act(kept);
    this.write(kept);
  }
}
