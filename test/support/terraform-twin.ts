// How would Terraform say what a program asked for? Its JSON form, made from the recorded graph, for judges that read no
// Pulumi. Nothing of it is written by hand; nobody applies it.
import type { Asked } from './recorded-cloud.ts';
import { markedIn } from './recorded-names.ts';

/** `LaunchTemplate` and `IAMMember` as launch_template and iam_member. */
const snake = (name: string): string =>
  name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Rooms that Terraform names in another way, or not at all. */
const rooms: Readonly<Record<string, string>> = {
  ...{ 'aws:ec2': 'aws_', 'gcp:projects': 'google_project_', 'gcp:serviceaccount': 'google_service_' },
  'gcp:secretmanager': 'google_secret_manager_',
};

/** Nouns that Terraform names in another way. */
const nouns: Readonly<Record<string, string>> = {
  'aws:lb/loadBalancer:LoadBalancer': '',
  'aws:s3/bucketObjectv2:BucketObjectv2': '_object',
};

/** `aws:ec2/launchTemplate:LaunchTemplate` → aws_launch_template. */
function typeOf(token: string): string {
  const [cloud = '', file = '', name = ''] = token.split(':');
  const [room = ''] = file.split('/');
  const noun = nouns[token] ?? `_${snake(name)}`;
  const prefix = rooms[`${cloud}:${room}`] ?? `${cloud === 'gcp' ? 'google' : cloud}_${room}_`;
  return `${prefix.slice(0, -1)}${noun}`;
}

const nameOf = (name: string): string => name.replaceAll('.', '-').replace(/^(?=\d)/, 'n');

/** What Terraform would take for its own is escaped; what stands for another resource becomes a reference. */
const textOf = (text: string): string =>
  markedIn(text.replace(/([$%])\{/g, '$1$1{'), ({ attribute, name, type }) => {
    return `\${${typeOf(type)}.${nameOf(name)}.${snake(attribute)}}`;
  });

/** Keys that are the user's, not the provider's. */
const free = /^(?:tags|labels|metadata|environment|targetTags)$/;

function written(value: unknown, isFree: boolean): unknown {
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return value.map((each) => written(each, isFree));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (isFree) return Object.fromEntries(entries.map(([key, each]) => [key, written(each, true)]));
  // Pulumi makes the names of lists plural; which of them were so before, it does not say. A judge reads the one it knows.
  return Object.fromEntries(
    entries.flatMap(([key, each]) => {
      const said = written(each, free.test(key));
      const names = Array.isArray(each) ? [snake(key), snake(key).replace(/s$/, '')] : [snake(key)];
      return names.map((name) => [name, said] as const);
    }),
  );
}

/** The content of one `.tf.json` file. */
export function terraformTwin(resources: readonly Asked[]): string {
  const resource: Record<string, Record<string, unknown>> = {};
  for (const { name, props, type } of resources) {
    if (type.startsWith('pulumi:')) continue;
    resource[typeOf(type)] = { ...resource[typeOf(type)], [nameOf(name)]: written(props, false) };
  }
  return JSON.stringify({ resource }, null, 1);
}
