// Do imports go down the list of arrows, and does each outside thing have one door?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { importsOf, sourceFiles, textOf } from './support/sources.ts';

/** What a room may import beside itself: prefixes of paths. `node:crypto` is there for hashes. */
type Room = { readonly files: RegExp; readonly may: readonly RegExp[]; readonly pure: boolean };

const types = /^stacks\/(?!cli\/)[a-z]+\/types(-[a-z]+)?\.ts$/;
const protocol = /^services\/protocol\//;
const formats = /^stacks\/formats\//;
const cluster = /^stacks\/cluster\//;
const core = [/^stacks\/index\.ts$/, /^services\/scheduling\/(index|types)\.ts$/, types, protocol];
const fleet = /^infra\/(?:fleet|prices|price-table|types)\.ts$/;
/** What both clouds translate: values alone. */
const fleetParts = /^infra\/(?!(?:control|executables|program)\.ts)[a-z-]+\.ts$/;
/** What both programs start from: they read and make. */
const programs = /^infra\/(?:control|executables|program)\.ts$/;
const drivers = /^stacks\/drivers\//;
const anyPackage = /^package:/;
const anyNode = /^node:/;
const outside = [...core, fleet, drivers, anyPackage, anyNode];

/** The first room that matches counts. */
const rooms: readonly Room[] = [
  { files: types, may: [types, protocol], pure: true },
  { files: protocol, may: [/^package:zod$/], pure: true },
  { files: formats, may: [anyPackage], pure: true },
  { files: /^stacks\/spec\//, may: [types, formats, /^package:zod$/], pure: true },
  { files: /^stacks\/catalog\//, may: [types, cluster], pure: true },
  { files: cluster, may: [types, /^stacks\/spec\//, /^node:crypto$/], pure: true },
  { files: /^stacks\/configs\//, may: [types, formats, cluster, anyPackage], pure: true },
  { files: /^stacks\/targets\//, may: [types, formats, cluster, /^node:crypto$/, anyPackage], pure: true },
  { files: /^stacks\/plans\//, may: [types, cluster, /^node:crypto$/], pure: true },
  {
    files: /^stacks\/index\.ts$/,
    may: [/^stacks\/(spec|catalog|cluster|configs|targets|plans|formats)\//],
    pure: true,
  },
  { files: /^services\/scheduling\//, may: [types, protocol], pure: true },
  { files: drivers, may: [types, protocol, anyPackage, anyNode], pure: false },
  { files: /^stacks\/(cli|examples)\//, may: outside, pure: false },
  { files: /^services\/(orchestrator|agent|supervisor)\//, may: outside, pure: false },
  { files: fleetParts, may: [types, fleetParts, /^stacks\/(index|spec\/findings)\.ts$/, /^node:crypto$/], pure: true },
  { files: /^infra\/aws\//, may: [/^infra\/[a-z-]+\.ts$/, /^package:@pulumi\/(aws|pulumi)$/], pure: true },
  { files: /^infra\/gcp\//, may: [/^infra\/[a-z-]+\.ts$/, /^package:@pulumi\/(gcp|pulumi)$/], pure: true },
  {
    files: programs,
    may: [...core, fleetParts, programs, drivers, anyNode, /^package:@pulumi\/pulumi$/],
    pure: false,
  },
  { files: /^infra\/policy\/pack\.ts$/, may: [/^package:@pulumi\/policy$/], pure: false },
  { files: /^infra\/policy\//, may: [], pure: true },
];

const roomOf = (file: string): Room | undefined => rooms.find((room) => room.files.test(file));
const folderOf = (file: string): string => file.split('/').slice(0, 2).join('/');
const sources = sourceFiles('stacks', 'services', 'infra');

test('imports go down the arrows only', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const room = roomOf(file);
    if (!room) wrong.push(`${file}: stands in no room`);
    for (const { to, kind } of room ? importsOf(file) : []) {
      const name = kind === 'package' ? `package:${to}` : to;
      const own = kind === 'file' && folderOf(to) === folderOf(file) && !to.endsWith('stacks/index.ts');
      if (!own && !room?.may.some((allowed) => allowed.test(name))) wrong.push(`${file} → ${name}`);
    }
  }
  deepStrictEqual(wrong, []);
});

test('a target never imports another target', () => {
  const wrong = sources
    .filter((file) => /^stacks\/targets\/(?!index\.ts)/.test(file))
    .flatMap((file) => importsOf(file).map(({ to }) => [file, to] as const))
    .filter(([file, to]) => /^stacks\/targets\/(?!types\.ts|containers\/)/.test(to) && !sameNoun(file, to));
  deepStrictEqual(wrong, []);
});

/** `targets/compose.ts` and `targets/compose/…` are one target. */
const sameNoun = (a: string, b: string): boolean => nounOf(a) === nounOf(b);
const nounOf = (file: string): string => (file.split('/')[2] as string).replace(/(-.*)?\.ts$/, '').replace(/-.*$/, '');

test('each package is imported in one file, zod excepted, and those of the clouds in their rooms', () => {
  const importers = new Map<string, Set<string>>();
  for (const file of sources.filter((each) => !each.startsWith('infra/'))) {
    for (const { to, kind } of importsOf(file)) {
      if (kind !== 'package' || to === 'zod') continue;
      if (!importers.has(to)) importers.set(to, new Set());
      importers.get(to)?.add(file);
    }
  }
  const doors = Object.fromEntries([...importers].map(([name, files]) => [name, [...files].sort()]).sort());
  const expected = {
    '@grafana/grafana-foundation-sdk': ['stacks/configs/dashboards/sdk.ts'],
    '@peculiar/x509': ['stacks/drivers/certificates.ts'],
    '@prometheus-io/client': ['services/orchestrator/doors/metrics/instruments.ts'],
    '@pulumi/pulumi': ['stacks/drivers/pulumi.ts'],
    'acme-client': ['services/orchestrator/certificates/authority.ts'],
    commander: ['stacks/cli/types.ts'],
    dockerode: ['stacks/drivers/docker.ts'],
    esbuild: ['stacks/drivers/bundle.ts'],
    'eventsource-parser': ['services/agent/wire/stream.ts'],
    fastify: ['services/orchestrator/doors/server.ts'],
    postject: ['stacks/drivers/executable-resource.ts'],
    'reflect-metadata': ['stacks/drivers/certificates.ts'],
    uqr: ['stacks/cli/workers/qr.ts'],
    yaml: ['stacks/formats/yaml.ts'],
    zx: ['stacks/drivers/shell.ts'],
  };
  deepStrictEqual(doors, expected);
});

test('the pure core reads no clock, no environment, no disk and no random number', () => {
  const impure =
    /\b(Date\.now|new Date\(\)|Math\.random|process\.|console\.|performance\.|setTimeout|setInterval|fetch\()/;
  const wrong = sources.filter((file) => roomOf(file)?.pure && impure.test(codeOf(file)));
  deepStrictEqual(wrong, []);
});

test('in a daemon only main.ts reads the environment', () => {
  const daemons = sources.filter((file) => /^services\/(orchestrator|agent|supervisor)\//.test(file));
  deepStrictEqual(
    daemons.filter((file) => codeOf(file).includes('process.env') && !file.endsWith('/main.ts')),
    [],
  );
});

test('the agent never calls fetch: undici would cost it 29 MB', () => {
  const agent = sources.filter((file) => file.startsWith('services/agent/'));
  deepStrictEqual(
    agent.filter((file) => /\bfetch\(|\bundici\b/.test(codeOf(file))),
    [],
  );
});

function codeOf(file: string): string {
  return textOf(file)
    .replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    .replace(/\s\/\/ .*$/gm, '');
}
