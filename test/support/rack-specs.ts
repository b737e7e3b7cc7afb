// How does a cluster look whose services lie on several hosts? Any spec, with what it asks for dealt out to them.
import { parseSpec } from '../../stacks/index.ts';
import { rackServices } from '../../stacks/spec/rack-services.ts';

/** What there may be several of is on every host, the rest on one after the other. */
export function onHosts(text: string, count: number): string {
  const { spec } = parseSpec(text, 'cluster.yaml');
  if (spec === null) throw new Error(`a wrong spec: ${text}`);
  const all = rackServices(spec);
  const single = all.filter(({ repeats }) => !repeats);
  const hosts = Array.from({ length: count }, (_, index) => {
    const own = single.filter((_, at) => at % count === index);
    const runs = [...own, ...all.filter(({ repeats }) => repeats)].map(({ name }) => name);
    return [`node${index + 1}`, { address: `10.250.0.${11 + index}`, runs }];
  });
  return JSON.stringify({ ...spec, rack: { hosts: Object.fromEntries(hosts) } });
}
