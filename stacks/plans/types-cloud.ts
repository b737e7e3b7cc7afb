// What does Pulumi's engine tell while it works, and what is that to a person?

/** The part of the engine's events that Muster reads. No value of a resource is in it. */
export type EngineEvent = {
  readonly resourcePreEvent?: EngineStep;
  readonly resOutputsEvent?: EngineStep;
  readonly resOpFailedEvent?: EngineStep;
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly message: string;
    readonly severity: string;
  };
  readonly policyEvent?: {
    readonly resourceUrn?: string;
    readonly message: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
  };
};

export type EngineStep = {
  readonly planning?: boolean;
  readonly metadata: {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly diffs?: readonly string[] | null;
    readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  };
};

/** `replace`: the old one is deleted, and another one made. */
export type CloudAct = 'create' | 'update' | 'replace' | 'delete';

export type CloudThing = {
  /** As the program calls it; empty: the program as a whole. */
  readonly name: string;
  /** What it is, in short: `launch template`. */
  readonly noun: string;
};

export type CloudChange = CloudThing & {
  readonly act: CloudAct;
  /** As Pulumi calls it: `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  /** Which of its properties differ, sorted. */
  readonly keys: readonly string[];
};

/** What went wrong, in the words of the cloud or of the program. */
export type CloudTrouble = CloudThing & { readonly words: string };

/** A rule of Muster's policies that a resource breaks. */
export type CloudViolation = CloudThing & { readonly rule: string; readonly words: string };

export type CloudStory = {
  /** In the order in which they were planned or done. */
  readonly changes: readonly CloudChange[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  readonly troubles: readonly CloudTrouble[];
  readonly violations: readonly CloudViolation[];
  readonly warnings: readonly CloudTrouble[];
};
