// How are the things of a cloud called for a person? Names and nouns out of Pulumi's URNs and types.
import type { CloudThing } from './types-cloud.ts';

/** Folders of types whose nouns say enough without them. */
const silent = new Set([
  'autoscaling',
  'billing',
  'budgets',
  'compute',
  'dns',
  'ebs',
  'ec2',
  'index',
  'lb',
  'projects',
]);

/** `aws:iam/rolePolicy:RolePolicy` → `role policy`, `aws:kms/key:Key` → `kms key`. */
export function nounOf(type: string): string {
  const [, folder = '', own = type] = /^\w+:(\w+)\/?\w*:(\w+)$/.exec(type) ?? [];
  const words = own
    .replace(/V2$/i, '')
    .replace(/^([A-Z]+)(?=[A-Z][a-z])/, (start) => start.toLowerCase())
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase();
  const needsMore = !words.includes(' ') && !silent.has(folder) && !words.startsWith(folder.toLowerCase());
  if (words === 'group' && folder === 'autoscaling') return 'autoscaling group';
  if (folder === 'serviceaccount') return 'service account';
  return needsMore && !folder.toLowerCase().startsWith(words) ? `${folder.toLowerCase()} ${words}` : words;
}

/** `urn:pulumi:home::muster-aws::aws:ec2/vpc:Vpc::network` → `network`, `vpc`; the stack itself has no name. */
export function thingOf(urn: string | undefined): CloudThing {
  const [, , types = '', ...name] = (urn ?? '').split('::');
  const type = types.split('$').at(-1) ?? '';
  return isBookkeeping(type) || type === '' ? { name: '', noun: '' } : { name: name.join('::'), noun: nounOf(type) };
}

/** The stack and its providers: resources of the engine, and nothing in a cloud. */
export const isBookkeeping = (type: string): boolean => type.startsWith('pulumi:');

/** Without the engine's marks for colours, and the places in the sources of providers. */
export function wordsOf(message: string): string {
  return message
    .replace(/<\{%.*?%\}>/g, '')
    .replace(/\x1b\[[0-9;]*m/g, '')
    .replace(/^\s*\S+\.go:\d+: sdk\.\w+: /gm, '')
    .trim();
}
