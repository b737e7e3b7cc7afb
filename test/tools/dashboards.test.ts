// Would Grafana show the dashboards as they are meant? Its own types judge them, and each panel explains itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inContainers } from '../../stacks/configs/in-containers.ts';
import { configFiles } from '../../stacks/configs/index.ts';
import { type Dashboard, dashboardErrors } from '../support/dashboard-schemas.ts';
import { fullSpec, smallSpec } from '../support/monitoring.ts';
import { clusterOf } from '../support/specs.ts';

const texts = (spec: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    configFiles(clusterOf(spec), inContainers)
      .filter(({ path }) => path.startsWith('grafana/dashboards/'))
      .map(({ path, text }) => [path.replace(/^.*\/|\.json$/g, ''), text]),
  );
const dashboards = Object.values(texts(fullSpec)).map((text) => JSON.parse(text) as Dashboard);
const panels = dashboards.flatMap((dashboard) => dashboard.panels.map((panel) => ({ dashboard, panel })));

test('addresses of dashboards never change, and a cluster gets those whose figures it has', () => {
  const uids = (spec: string) =>
    Object.entries(texts(spec)).map(([name, text]) => [name, (JSON.parse(text) as Dashboard).uid]);
  const always = ['cluster', 'queue', 'workers'];
  assert.deepEqual(
    uids(smallSpec),
    always.map((name) => [name, `muster-${name}`]),
  );
  const all = ['cluster', 'dask', 'models', 'queue', 'workers'];
  assert.deepEqual(
    uids(fullSpec),
    all.map((name) => [name, `muster-${name}`]),
  );
});

test('the same cluster gives the same bytes', () => {
  assert.deepEqual(texts(fullSpec), texts(fullSpec));
  assert.equal(texts(fullSpec).queue, texts(smallSpec).queue);
});

test('Grafana knows every key and every value of the dashboards', () => {
  assert.deepEqual(dashboards.flatMap(dashboardErrors), []);
});

const [first] = dashboards;
const [panel] = (first as Dashboard).panels;
const lines = (first as Dashboard).panels.find(({ type }) => type === 'timeseries');
/** Each with one key misspelled or one value of another type, at each level. */
const broken: Readonly<Record<string, Dashboard>> = {
  'the dashboard': { ...first, refesh: '30s' } as unknown as Dashboard,
  'a panel': { ...first, panels: [{ ...panel, decription: 'x' }] } as unknown as Dashboard,
  'the unit of a panel': {
    ...first,
    panels: [{ ...panel, fieldConfig: { defaults: { units: 's' }, overrides: [] } }],
  } as unknown as Dashboard,
  'the options of a number': {
    ...first,
    panels: [{ ...panel, options: { ...panel?.options, grafMode: 'none' } }],
  } as unknown as Dashboard,
  'the options of lines': {
    ...first,
    panels: [{ ...lines, options: { ...lines?.options, legend: { displayMode: 'lst' } } }],
  } as unknown as Dashboard,
  'the drawing of lines': {
    ...first,
    panels: [{ ...lines, fieldConfig: { defaults: { unit: 's', custom: { fillOpacty: 1 } }, overrides: [] } }],
  } as unknown as Dashboard,
  'a query': { ...first, panels: [{ ...panel, targets: [{ expression: 'up', refId: 'A' }] }] } as unknown as Dashboard,
};

for (const [where, dashboard] of Object.entries(broken)) {
  test(`a slip in ${where} is noticed`, () => {
    assert.equal(dashboardErrors(dashboard).length > 0, true);
  });
}

test('each panel has its unit, says what it shows, and has a place of its own', () => {
  const wrong = panels.filter(
    ({ panel: { description, fieldConfig, title } }) =>
      !fieldConfig.defaults.unit || !/\w{3}.*\.$/s.test(description ?? '') || title === '',
  );
  assert.deepEqual(
    wrong.map(({ dashboard, panel }) => `${dashboard.uid}: ${panel.title}`),
    [],
  );
  for (const { panels: all, uid } of dashboards) {
    assert.deepEqual([...new Set(all.map(({ id }) => id))].length, all.length, uid);
    assert.equal(new Set(all.map(({ title }) => title)).size, all.length, uid);
    const cells = all.flatMap(({ gridPos: { h, w, x, y } }) => {
      assert.ok(x + w <= 24, uid);
      return Array.from({ length: h * w }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    assert.equal(new Set(cells).size, cells.length, uid);
  }
});

test('no query invents a value where there is none', () => {
  const queries = panels.flatMap(({ panel: { targets } }) => targets.map(({ expr }) => expr));
  assert.deepEqual(
    queries.filter((expr) => /\bvector\s*\(|\bor\b|\babsent/.test(expr)),
    [],
  );
});
