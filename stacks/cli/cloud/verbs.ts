// What does each verb of `muster cloud` do with one cloud, and what does it say at its end?
import { join } from 'node:path';
import { thingOf } from '../../index.ts';
import { self } from '../output.ts';
import { exitCodes, Failure } from '../types.ts';
import { masked, outputsText } from './outputs-text.ts';
import { carryOut } from './planned.ts';
import { countsText, secondsText, shownThing } from './text.ts';
import { type CloudOutcome, nothingDone, type Work } from './types.ts';

const policies = ({ io }: Work): string => join(io.root, 'infra/policy/pack.cjs');
export const nothingIn = ({ cloud, stack }: Pick<Work, 'cloud' | 'stack'>): string =>
  `muster: nothing of "${stack}" is in ${cloud}`;
const upToDate = (cloud: string, stays: number): string =>
  `muster: ${cloud} is as cluster.yaml says, nothing to change (${stays} resources)`;

function preview(work: Work): Promise<CloudOutcome> {
  const { cloud, engine, print } = work;
  const look = carryOut(work, {
    verb: 'preview',
    look: (watch) => engine.preview(watch, policies(work)),
    act: null,
    nothing: (stays) => upToDate(cloud, stays),
    ...{ question: '', tense: 'plan' },
  });
  return look.then((outcome) => {
    if (outcome.end === 'done' && outcome.plan.length > 0) print(`next:  ${self} cloud up ${cloud}`);
    return outcome;
  });
}

async function up(work: Work): Promise<CloudOutcome> {
  const { cloud, engine, print } = work;
  const outcome = await carryOut(work, {
    verb: 'up',
    look: (watch) => engine.preview(watch, policies(work)),
    act: (watch) => engine.up(watch, policies(work)),
    nothing: (stays) => upToDate(cloud, stays),
    ...{ question: 'apply?', tense: 'plan' },
  });
  if (outcome.end !== 'done') return outcome;
  const outputs = masked(await engine.outputs());
  if (outcome.plan.length > 0) {
    const counts = countsText(outcome.done, outcome.unchanged, 'done');
    print(`muster: ${cloud} is up: ${counts} (${secondsText(outcome.seconds)})`);
    print(outputsText(outputs));
    print(`undo:  ${self} cloud destroy ${cloud}`);
  }
  return { ...outcome, outputs };
}

async function refresh(work: Work): Promise<CloudOutcome> {
  const { cloud, engine, print } = work;
  const outcome = await carryOut(work, {
    verb: 'refresh',
    look: (watch) => engine.previewRefresh(watch),
    act: (watch) => engine.refresh(watch),
    nothing: (stays) =>
      stays === 0 ? nothingIn(work) : `muster: ${cloud} is as it was left, nothing differs (${stays} resources)`,
    ...{ question: 'somebody else did that; take it into the state?', tense: 'drift' },
  });
  if (outcome.end === 'done' && outcome.plan.length > 0) {
    print(`muster: the state of ${cloud} is what lies there now`);
    print(`next:  ${self} cloud up ${cloud}, which makes it as cluster.yaml says again`);
  }
  return outcome;
}

/** The services that make them each night do not delete them. */
const copies: Readonly<Record<string, { readonly noun: string; readonly find: (cluster: string) => string }>> = {
  aws: {
    noun: 'lifecycle policy',
    find: (cluster) =>
      `they open for 30 more days, then their key is gone:  aws ec2 describe-snapshots --owner-ids self --filters Name=tag:muster-cluster,Values=${cluster}`,
  },
  gcp: {
    noun: 'resource policy',
    find: (cluster) => `look after a week:  gcloud compute snapshots list --filter labels.muster-cluster=${cluster}`,
  },
};

async function destroy(work: Work): Promise<CloudOutcome> {
  const { cloud, engine, print, stack } = work;
  const outcome = await carryOut(work, {
    verb: 'destroy',
    look: (watch) => engine.previewDestroy(watch),
    act: (watch) => engine.destroy(watch),
    nothing: () => nothingIn(work),
    ...{ question: 'delete it for good?', tense: 'plan' },
  });
  if (outcome.end !== 'done' || outcome.plan.length === 0) return outcome;
  const left = await engine.resources();
  if (left.length === 0) {
    print(
      `muster: nothing of "${stack}" is left in ${cloud} (${countsText(outcome.done, 0, 'done')}, the state is empty)`,
    );
    const copy = copies[cloud];
    if (copy !== undefined && outcome.done.some(({ noun }) => noun === copy.noun))
      print(`copies of its volume, of the last nights, may stay and cost; ${copy.find(stack)}`);
    return outcome;
  }
  const text = left.map((urn) => `  ${shownThing(thingOf(urn)) || urn}`).join('\n');
  const message = `${cloud}: the state still has ${left.length} resources\n${text}`;
  return {
    ...outcome,
    end: 'failed',
    failure: new Failure(exitCodes.failed, message, `${self} cloud destroy ${cloud}`),
  };
}

async function outputs(work: Work): Promise<CloudOutcome> {
  const { engine, print } = work;
  const shown = masked(await engine.outputs());
  const isEmpty = Object.keys(shown).length === 0;
  print(isEmpty ? nothingIn(work) : outputsText(shown));
  return { ...nothingDone, outputs: shown };
}

/** Takes the stack's lock away from somebody who is gone. */
async function cancel({ cloud, engine, print }: Work): Promise<CloudOutcome> {
  const { state, words } = await engine.cancel();
  if (state !== 'done') {
    const message = `${cloud}: the lock cannot be taken away\n  ${words.trim()}`;
    return { ...nothingDone, end: 'failed', failure: new Failure(exitCodes.failed, message) };
  }
  print(`muster: nobody is at the stack in ${cloud} any more`);
  print(`next:  ${self} cloud refresh ${cloud}, for what was begun may be there without the state knowing it`);
  return nothingDone;
}

export const deeds = { preview, up, refresh, destroy, outputs, cancel };
