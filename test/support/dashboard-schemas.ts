// What may stand in a dashboard? Schemas made of Grafana's own types: of the whole, and of what each kind of panel adds.
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { root } from './sources.ts';

export type Target = { readonly expr: string; readonly refId: string };
export type Panel = {
  readonly id: number;
  readonly type: 'stat' | 'timeseries';
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options: object;
  readonly fieldConfig: { readonly defaults: { readonly unit: string; readonly custom?: object } };
  readonly targets: readonly Target[];
};
export type Dashboard = { readonly uid: string; readonly title: string; readonly panels: readonly Panel[] };

const schema = join(root, 'node_modules/@grafana/schema/dist/types/raw');
const panel = (kind: Panel['type']): string => `${schema}/composable/${kind}/panelcfg/x/types.gen.d.ts`;
/** Grafana's own package leaves the queries of Prometheus out. */
const queries = join(root, 'node_modules/@grafana/grafana-foundation-sdk/dist/prometheus/types.gen.d.ts');

function validator(path: string, type: string): ValidateFunction {
  // Its `types`: otherwise every package below @types is read too, and some other `Options` is found.
  const tsconfig = join(root, 'tsconfig.json');
  const generator = createGenerator({ path, tsconfig, type, skipTypeCheck: true, jsDoc: 'none', functions: 'hide' });
  return new Ajv({ strict: false, allErrors: true }).compile(generator.createSchema(type));
}

const made = new Map<string, ValidateFunction>();
function errors(where: string, path: string, type: string, value: unknown): readonly string[] {
  const key = `${path} ${type}`;
  const check = made.get(key) ?? validator(path, type);
  made.set(key, check);
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${where}${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}

/** Everything that Grafana would not know, or would expect in another form. */
export function dashboardErrors(dashboard: Dashboard): readonly string[] {
  return [
    ...errors(dashboard.uid, `${schema}/dashboard/x/types.gen.d.ts`, 'Dashboard', dashboard),
    ...dashboard.panels.flatMap(({ fieldConfig, id, options, targets, type }) => {
      const where = `${dashboard.uid} panel ${id}`;
      const { custom } = fieldConfig.defaults;
      return [
        ...errors(`${where} options`, panel(type), 'Options', options),
        ...(custom === undefined ? [] : errors(`${where} custom`, panel('timeseries'), 'FieldConfig', custom)),
        ...targets.flatMap((target) => errors(`${where} target`, queries, 'Dataquery', target)),
      ];
    }),
  ];
}
