// How does a group of rented machines behave that plays no cloud's API? Keeps its size, refuses below its minimum, replaces.

export type MachineState = 'launching' | 'in service' | 'ending' | 'gone';

export type GroupMachine = { readonly name: string; state: MachineState };

/** A model of an autoscaling group or a managed instance group. */
export class FakeGroup {
  readonly name: string;
  readonly min: number;
  desired: number;
  /** All that it ever had, in the order in which they came; those beyond the first ones replace others. */
  readonly machines: GroupMachine[] = [];
  readonly #nameOf: (index: number) => string;
  readonly #powerOff: (name: string) => void;

  /** `powerOff` is called for each machine that the group ends. */
  constructor(
    of: { readonly name: string; readonly min: number; readonly desired: number },
    nameOf: (index: number) => string,
    powerOff: (name: string) => void = () => {},
  ) {
    this.name = of.name;
    this.min = of.min;
    this.desired = of.desired;
    this.#nameOf = nameOf;
    this.#powerOff = powerOff;
    this.#fill();
  }

  /** Machines that cost something. */
  get paid(): readonly string[] {
    return this.machines.filter(({ state }) => state !== 'gone').map(({ name }) => name);
  }

  machine(name: string): GroupMachine | undefined {
    return this.machines.find((each) => each.name === name && each.state !== 'gone');
  }

  /** True for a machine of it; its size goes down with it. False where it would fall below the minimum. */
  giveBack(name: string): boolean {
    const machine = this.machine(name);
    if (machine === undefined) return false;
    if (machine.state === 'ending') return true;
    if (this.desired <= this.min) return false;
    this.desired--;
    machine.state = 'ending';
    return true;
  }

  /** What a group does about a machine that ended by itself, or that its hook abandoned. */
  lose(name: string): void {
    this.end(name);
    this.#fill();
  }

  end(name: string): void {
    const machine = this.machine(name);
    if (machine === undefined) return;
    machine.state = 'gone';
    this.#powerOff(name);
  }

  #fill(): void {
    while (this.machines.filter(({ state }) => state === 'launching' || state === 'in service').length < this.desired)
      this.machines.push({ name: this.#nameOf(this.machines.length), state: 'launching' });
  }
}
