// What was planned, done and refused? The engine's events, told once for each resource.
import { isBookkeeping, nounOf, thingOf, wordsOf } from './cloud-words.ts';
import type { CloudAct, CloudChange, CloudStory, CloudTrouble, EngineEvent, EngineStep } from './types-cloud.ts';

const acts: Readonly<Record<string, CloudAct>> = {
  create: 'create',
  import: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  'create-replacement': 'replace',
  'delete-replaced': 'replace',
};

/** Null for a step that changes nothing. */
export const actOf = ({ metadata: { op, type } }: EngineStep): CloudAct | null =>
  isBookkeeping(type) ? null : (acts[op] ?? null);

/** Said by the engine of each failure, and of what it stopped for it, beside the words of what failed. */
const saysNothing =
  /^(?:(?:update|preview|refresh|destroy) failed|resource registration failed|the program ended with \d+|.*Program exited with non-zero exit code.*|.*context canceled)$/;

const keysOf = ({ metadata: { detailedDiff, diffs } }: EngineStep): readonly string[] => {
  const paths = Object.keys(detailedDiff ?? {});
  return (paths.length > 0 ? paths : [...(diffs ?? [])]).sort();
};

function withStep(known: CloudChange | undefined, step: EngineStep, act: CloudAct): CloudChange {
  const { type, urn } = step.metadata;
  const keys = [...new Set([...(known?.keys ?? []), ...keysOf(step)])];
  return { ...thingOf(urn), noun: nounOf(type), act, type, keys };
}

function told(events: readonly EngineEvent[], severity: string): readonly CloudTrouble[] {
  const found = events.flatMap(({ diagnosticEvent: said }) => {
    if (said === undefined || said.severity !== severity) return [];
    const words = wordsOf(said.message);
    return words === '' || saysNothing.test(words) ? [] : [{ ...thingOf(said.urn), words }];
  });
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

/** `events` of one run: of a preview what would change, of the real one what has changed. */
export function cloudStory(events: readonly EngineEvent[]): CloudStory {
  const changes = new Map<string, CloudChange>();
  let unchanged = 0;
  for (const { resOutputsEvent: step } of events) {
    if (step === undefined) continue;
    const { op, type, urn } = step.metadata;
    const act = actOf(step);
    if (act !== null) changes.set(urn, withStep(changes.get(urn), step, act));
    else if (op === 'same' && !isBookkeeping(type)) unchanged += 1;
  }
  const violations = events.flatMap(({ policyEvent: said }) =>
    said?.enforcementLevel === 'mandatory'
      ? [{ ...thingOf(said.resourceUrn), rule: said.policyName, words: ruleWords(said.message) }]
      : [],
  );
  const [troubles, warnings] = [told(events, 'error'), told(events, 'warning')];
  return { changes: [...changes.values()], unchanged, troubles, violations, warnings };
}

/** The engine puts the rule's description before what was reported. */
const ruleWords = (message: string): string => wordsOf(message).split('\n').at(-1)?.trim() ?? '';
