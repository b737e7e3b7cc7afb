// Does everything that a resource refers to exist? An id that no resource has and no account brings is a mistake.
import { isMap, type Mistake, unknown, type Values } from './type-check.ts';
import type { World } from './world.ts';

/** Properties that name the resource itself. */
const own = /^(?:secretId|accountId|roleId)$/;
const namesOther = {
  aws: /(?:Ids?|Arns?|Identifiers)$/,
  gcp: /^(?:router|managedZone|email|serviceAccounts?|targetServiceAccounts)$/,
} as const;
const link = /^(?:projects\/|https:\/\/www\.googleapis\.com\/)/;

/** What is there before anything is made: in the account, in the project, of the cloud itself. */
const brought = [
  /^ami-[0-9a-f]{8,17}$/,
  /^(?:vpc|subnet)-[01]a1b2c3d$/,
  /^arn:aws:iam::aws:policy\//,
  /^arn:aws:acm:/,
  /^projects\/[\w-]+\/global\/images\//,
  /^projects\/my-project\/(?:global\/networks|regions\/[\w-]+\/subnetworks|global\/sslCertificates)\/(?:default|shared|machines|site)$/,
  /^projects\/1234567890$/,
];

type Found = { readonly path: string; readonly key: string; readonly text: string };

function texts(value: unknown, path: string, key: string): readonly Found[] {
  if (typeof value === 'string') return value === unknown || value === '' ? [] : [{ path, key, text: value }];
  if (Array.isArray(value)) return value.flatMap((each, at) => texts(each, `${path}[${at}]`, key));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => texts(each, path === '' ? name : `${path}.${name}`, name));
}

/** What a resource is known by. */
const known = /^(?:arn|name|email|zoneId|selfLink\w*)$/;
const namesOf = (values: Values): readonly unknown[] =>
  Object.entries(values).flatMap(([key, value]) => (known.test(key) ? [value] : []));

export class References {
  /** Names that this run of the engine has asked for: in a preview nothing is made. */
  private readonly asked = new Set<unknown>();
  private readonly cloud: keyof typeof namesOther;
  private readonly world: World;

  constructor(cloud: keyof typeof namesOther, world: World) {
    this.cloud = cloud;
    this.world = world;
  }

  /** Another run begins. */
  forget(): void {
    this.asked.clear();
  }

  /** Which others hold on to it: no cloud takes away what is in use. */
  usersOf(type: string, id: string): readonly string[] {
    const others = Object.values(this.world.things).filter((each) => each.type !== type || each.id !== id);
    const users = others.filter(({ props }) => this.referring(props).some(({ text }) => text === id));
    return users.map((each) => `${each.type} ${each.name}`);
  }

  private referring(values: Values): readonly Found[] {
    const isOther = ({ key, text }: Found): boolean =>
      !own.test(key) && (namesOther[this.cloud].test(key) || (this.cloud === 'gcp' && link.test(text)));
    return texts(values, '', '').filter(isOther);
  }

  check(values: Values): readonly Mistake[] {
    const things = Object.values(this.world.things);
    const there = new Set([...this.asked, ...things.flatMap(({ id, props }) => [id, ...namesOf(props)])]);
    for (const name of namesOf(values)) this.asked.add(name);
    return this.referring(values)
      .filter(({ text }) => !there.has(text) && !brought.some((one) => one.test(text)))
      .map(({ path, text }) => ({ path, reason: `nothing that is there is called ${text}` }));
  }
}
