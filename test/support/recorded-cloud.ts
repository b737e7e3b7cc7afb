// What does a program ask of a cloud? Every resource as it was asked for; Pulumi's own mocks answer, no engine runs.
import { runtime } from '@pulumi/pulumi';
import type { Resource } from '../../infra/policy/resource.ts';
import { answerOf } from './pulumi/answers.ts';
import { markOf } from './recorded-names.ts';

/** `hidden`: a part of it is marked as a secret. */
export type Asked = Resource & { readonly hidden: boolean };

export type RecordedCloud = {
  /** Once everything has been asked for: all since the last time, sorted by type and name. */
  settled(): Promise<readonly Asked[]>;
};

/** How Pulumi marks a secret on the wire (sdk/nodejs/runtime/rpc.ts). */
const secretMark = '4dabf18193072939515e22adb298388d';

/** Records from now on; a process has one recorder. */
export async function recordCloud(): Promise<RecordedCloud> {
  let asked: Asked[] = [];
  const mocks: runtime.Mocks = {
    newResource: ({ type, name, inputs, id }) => {
      asked.push({ type, name, props: inputs, hidden: JSON.stringify(inputs).includes(secretMark) });
      const marks = [
        'arn',
        'dnsName',
        'email',
        'id',
        'selfLink',
        'selfLinkUnique',
        'uniqueId',
        'zoneId',
        'availabilityZone',
      ];
      const computed = Object.fromEntries(marks.map((attribute) => [attribute, markOf({ type, name, attribute })]));
      const own = id || String(computed.id);
      return { id: own, state: { ...computed, latestVersion: 1, ...inputs, id: own, name: inputs.name ?? name } };
    },
    call: ({ token }) => answerOf(token),
  };
  const listen = (): Promise<void> => runtime.setMocks(mocks, 'muster', 'test', false);
  await listen();
  return {
    async settled() {
      // Waits until the queue is empty, and hangs up.
      await runtime.disconnect();
      await listen();
      const found = [...asked].sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
      asked = [];
      return found;
    },
  };
}
