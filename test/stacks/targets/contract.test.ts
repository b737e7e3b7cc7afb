// Does every target keep the contract? Each registered one and a throw-away one, over every example.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, render, services, type Target, targets } from '../../../stacks/index.ts';
import type { TargetName } from '../../../stacks/spec/types.ts';
import { offered } from '../../support/cloud-fakes-specs.ts';
import { assertGolden, assertNoOrphans } from '../../support/golden.ts';
import { clusterOf, specs } from '../../support/specs.ts';

/** What a stranger would write first: one file, one line in the registry. */
const throwAway: Target = {
  summary: 'one line per service',
  render: (cluster, all) => ({
    files: [
      {
        path: `${cluster.name}.txt`,
        text: all.map(({ name, image }) => `${name} ${image.reference}\n`).join(''),
        mode: 0o644,
      },
    ],
    findings: [],
  }),
};

/** The same decision with the keys of every map the other way round. */
function shuffled<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shuffled) as Value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => [key, shuffled(child)])
      .reverse(),
  ) as Value;
}

const all: Readonly<Record<string, Target>> = { ...targets, 'throw-away': throwAway };
const used: string[] = [];

for (const [targetName, target] of Object.entries(all)) {
  for (const [specName, text] of specs) {
    const cluster: Cluster = clusterOf(text);
    const rendered = render(cluster, [target], offered);
    const label = `${targetName} of ${specName}`;

    test(`${label}: the same cluster gives the same bytes`, () => {
      assert.deepEqual(render(clusterOf(text), [target], offered), rendered);
    });

    test(`${label}: the order of keys changes no byte`, () => {
      const other = {
        ...cluster,
        orchestrator: shuffled(cluster.orchestrator),
        workers: cluster.workers.map((worker) => ({
          ...shuffled(worker),
          labels: worker.labels,
          environment: worker.environment,
        })),
      };
      assert.deepEqual(render(other, [target], offered), rendered);
    });

    test(`${label}: every service appears with its image`, () => {
      const whole = rendered.files.map((file) => file.text).join('\n');
      for (const { name, image, targets } of services(cluster)) {
        if (targetName !== 'throw-away' && !targets.includes(targetName as TargetName)) continue;
        assert.ok(whole.includes(name) && (target.onDemand || whole.includes(image.reference)), name);
      }
    });

    test(`${label}: paths are relative, unique and stay inside; modes are not for everybody`, () => {
      const paths = rendered.files.map(({ path }) => path);
      assert.equal(new Set(paths).size, paths.length);
      for (const path of paths)
        assert.match(path, /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/);
      for (const { mode } of rendered.files) assert.equal(mode & 0o022, 0);
    });

    test(`${label}: every finding names a key of the spec and a remedy`, () => {
      for (const { path, remedy } of rendered.findings) {
        assert.ok(remedy);
        assert.ok(
          ['workers', 'orchestrator', 'defaults', 'services', 'swarm', 'rack'].includes(path[0] ?? ''),
          path.join('/'),
        );
      }
    });

    // The throw-away target is nobody's golden; the root's own files are the goldens of `home`.
    if (target === throwAway) continue;
    test(`${label}: the files are those that were agreed`, () => {
      for (const file of rendered.files) {
        const folder = specName === 'home' && !target.onDemand ? '' : `test/golden/${targetName}/${specName}/`;
        used.push(`${folder}${file.path}`);
        assertGolden(`${folder}${file.path}`, file.text);
      }
    });
  }
}

test('no golden is left without a spec and a target that makes it', () => {
  assertNoOrphans('test/golden', used);
});
