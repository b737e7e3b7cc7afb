// What is to be done? A Command is a program with its arguments; `why` is the line that a plan prints.
export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  /** Where secrets travel: never in `args`. */
  readonly stdin?: string;
  /** The machine it runs on; absent: this one. */
  readonly on?: string;
  readonly why: string;
};

/** A local process that the supervisor keeps alive: one daemon of the embedded form. */
export type Child = {
  /** Unique among the children; names its log and its place in lists. */
  readonly name: string;
  /** Workers stop first, orchestrators last. */
  readonly role: 'orchestrator' | 'worker' | 'service';
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Arguments for the same program when it ended unasked, before it starts again; it is told how, as systemd tells it. */
  readonly afterEnd?: readonly string[];
  /** Its own variables; the few of the caller that every program needs (PATH, HOME …) are added at the start. */
  readonly environment: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL. */
  readonly stopSeconds: number;
};

/** A device of the Direct Rendering Manager, `/dev/dri/renderD128`. */
export type RenderNode = {
  readonly path: string;
  /** The PCI vendor in hexadecimal digits: `0x1002`. */
  readonly vendor: string;
  /** The group that may use it. */
  readonly group: number;
};

/** What a Docker engine and its machine say of themselves. */
export type EngineFacts = {
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Sorted. */
  readonly runtimes: readonly string[];
  /** What the engine hands out by the Container Device Interface: `nvidia.com/gpu=0`; sorted. */
  readonly cdiDevices: readonly string[];
  /** Cards of NVIDIA's driver; null when the engine runs on another machine. */
  readonly nvidiaCards: number | null;
  /** The group of `/dev/kfd`, AMD's door to computing; null where there is none. */
  readonly kfdGroup: number | null;
  /** Whether there is `/dev/dxg`, the GPU of Windows inside WSL. */
  readonly dxg: boolean;
  readonly renderNodes: readonly RenderNode[];
  /** Whether a container may get a higher limit of locked memory than the engine has. */
  readonly mayRaiseLimits: boolean;
};

/** A node as the managers of its swarm see it. */
export type SwarmNode = {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly role: 'manager' | 'worker';
  readonly availability: 'active' | 'pause' | 'drain';
  /** `ready`, `down`, `unknown`, `disconnected`. */
  readonly state: string;
  readonly leader: boolean;
  /** Of a manager: is it in the quorum? */
  readonly reachable: boolean;
  readonly address: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly engine: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** What the engine's API calls a ServiceSpec or a part of it. */
export type Spec = { readonly [key: string]: unknown };

export type SwarmService = {
  readonly id: string;
  readonly version: number;
  /** With the stack before it, as in `home_worker`. */
  readonly name: string;
  readonly spec: Spec;
  /** Null: never updated since it was made. */
  readonly update: { readonly state: string; readonly startedAt: string; readonly message: string } | null;
};

export type SwarmTask = {
  readonly id: string;
  readonly serviceId: string;
  readonly nodeId: string;
  readonly slot: number;
  /** What the managers want of it. */
  readonly desired: string;
  readonly state: string;
  readonly error: string;
  /** When it came to that state, ISO. */
  readonly at: string;
  readonly spec: Spec;
};

/** A secret or a config of a swarm, without its content. */
export type SwarmObject = {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** What `docker stack deploy` would ask the engine to do, in its own words. */
export type StackRequests = {
  readonly networks: readonly string[];
  readonly configs: readonly string[];
  readonly services: readonly { readonly id: string | null; readonly spec: Spec }[];
  /** Ids of services that are no longer named. */
  readonly removed: readonly string[];
};
