// What does a cloud add to what was asked for? Ids, ARNs and links that look like real ones, the same each time.
import { createHash } from 'node:crypto';
import type { Type } from './declarations.ts';
import type { ResourceType } from './package-types.ts';
import { unknown, type Values } from './type-check.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `aws:ec2/launchTemplate:LaunchTemplate` → module ec2, noun launch-template. */
function wordsOf(token: string): { readonly module: string; readonly noun: string } {
  const [, file = ''] = token.split(':');
  const [module = '', noun = ''] = file.split('/');
  return { module, noun: lower(noun) };
}

/** AWS knows what has a name in an account by the name; the rest by a number. */
const byName = /^aws:(?:iam|autoscaling|budgets|cloudwatch)\//;

export function idOf(token: string, urn: string, props: Values): string {
  const { noun } = wordsOf(token);
  const name = props.name ?? props.secretId ?? props.accountId;
  if (byName.test(token) && typeof name === 'string') return name;
  if (token.startsWith('gcp:') && typeof name === 'string') return `projects/my-project/${noun}/${name}`;
  return `${noun}-${hash(urn + JSON.stringify(props)).slice(0, 12)}`;
}

function textFor(token: string, property: string, id: string, props: Values): string {
  const { module, noun } = wordsOf(token);
  if (property === 'arn') return `arn:aws:${module}:eu-west-1:123456789012:${noun}/${id}`;
  if (property === 'email') return `${String(props.accountId)}@my-project.iam.gserviceaccount.com`;
  if (/^selfLink/.test(property))
    return `https://www.googleapis.com/compute/v1/${id}${property.slice('selfLink'.length)}`;
  if (property === 'name' && token.startsWith('gcp:')) return id;
  if (property === 'availabilityZone') return 'eu-west-1a';
  return `${lower(property)}-${hash(id + property).slice(0, 8)}`;
}

function valueFor(type: Type, text: string): unknown {
  if (type.kind === 'string' || type.kind === 'enum') return text;
  if (type.kind === 'number') return 1;
  return undefined;
}

/**
 * Everything that the package says a program can read and that was not asked for. A change counts a template's version
 * up; what was there stays. In a preview it is not known yet.
 */
export function computed(
  token: string,
  { outputs }: ResourceType,
  { id, props, before, isPreview }: Readonly<{ id: string; props: Values; before: Values | null; isPreview: boolean }>,
): Values {
  const own = [...outputs].filter(([name]) => props[name] === undefined && name !== 'urn' && name !== 'id');
  return Object.fromEntries(
    own.flatMap(([name, { type }]) => {
      const made = valueFor(type, textFor(token, name, id, props));
      if (made === undefined) return [];
      const kept = before?.[name];
      if (name === 'latestVersion') return [[name, isPreview ? unknown : Number(kept ?? 0) + 1]];
      if (kept !== undefined) return [[name, kept]];
      return [[name, isPreview ? unknown : made]];
    }),
  );
}
