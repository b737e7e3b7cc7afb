// How is Pulumi's engine driven? By its Automation API, over the programs that plain `pulumi` runs.
import {
  ConcurrentUpdateError,
  LocalWorkspace,
  PulumiCommand,
  Stack,
  StackNotFoundError,
} from '@pulumi/pulumi/automation/index.js';
import type { EngineEvent } from '../plans/types-cloud.ts';

export type StackPlace = {
  /** Of the program: where its Pulumi.yaml lies. */
  readonly folder: string;
  readonly stack: string;
  /** Added to this process's own, or taken from it, for the engine alone. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

export type Watch = {
  readonly onEvent: (event: EngineEvent) => void;
  /** Asks the engine to end what it does and to stop. */
  readonly signal: AbortSignal;
};

/** `words`: what the engine wrote beside its events, as it is. */
export type EngineEnd = { readonly state: 'done' | 'failed' | 'locked'; readonly words: string };

export type Outputs = Readonly<Record<string, { readonly value: unknown; readonly secret: boolean }>>;

export type CloudStack = {
  preview(watch: Watch, policyPack: string): Promise<EngineEnd>;
  up(watch: Watch, policyPack: string): Promise<EngineEnd>;
  previewRefresh(watch: Watch): Promise<EngineEnd>;
  refresh(watch: Watch): Promise<EngineEnd>;
  previewDestroy(watch: Watch): Promise<EngineEnd>;
  destroy(watch: Watch): Promise<EngineEnd>;
  outputs(): Promise<Outputs>;
  /** URNs of what the state holds, the engine's own bookkeeping included. */
  resources(): Promise<readonly string[]>;
  /** Takes the lock away from whoever has it. */
  cancel(): Promise<EngineEnd>;
};

/** Of the `pulumi` on the PATH, as 3.259.0; null: it does not say. */
export async function pulumiVersion(): Promise<string | null> {
  const { version } = await PulumiCommand.get({ skipVersionCheck: true });
  return version?.version ?? null;
}

function endOf(error: unknown): EngineEnd {
  const state = error instanceof ConcurrentUpdateError ? 'locked' : 'failed';
  return { state, words: error instanceof Error ? error.message : String(error) };
}

async function ended(run: Promise<unknown>): Promise<EngineEnd> {
  try {
    await run;
    return { state: 'done', words: '' };
  } catch (error) {
    return endOf(error);
  }
}

function driven(stack: Stack): CloudStack {
  const options = ({ onEvent, signal }: Watch) => ({ onEvent, signal, color: 'never', showSecrets: false }) as const;
  return {
    preview: (watch, pack) => ended(stack.preview({ ...options(watch), policyPacks: [pack] })),
    up: (watch, pack) => ended(stack.up({ ...options(watch), policyPacks: [pack] })),
    previewRefresh: (watch) => ended(stack.previewRefresh(options(watch))),
    refresh: (watch) => ended(stack.refresh(options(watch))),
    previewDestroy: (watch) => ended(stack.previewDestroy(options(watch))),
    destroy: (watch) => ended(stack.destroy(options(watch))),
    outputs: () => stack.outputs(),
    resources: async () => {
      const { deployment } = await stack.exportStack();
      return (deployment?.resources ?? []).map(({ urn }: { readonly urn: string }) => urn);
    },
    cancel: () => ended(stack.cancel()),
  };
}

/** Null: there is no such stack. Anything else that fails is an EngineEnd. */
export async function openStack(
  { env, folder, stack }: StackPlace,
  mode: 'select' | 'create',
): Promise<CloudStack | EngineEnd | null> {
  try {
    const envVars = env as Record<string, string>;
    const workspace = await LocalWorkspace.create({ workDir: folder, envVars });
    return driven(await Stack[mode](stack, workspace));
  } catch (error) {
    return error instanceof StackNotFoundError ? null : endOf(error);
  }
}
