// Do the services of the stack fit each other, and do their own keys?
import { checkDask } from './checks-dask.ts';
import { checkProxy } from './checks-proxy.ts';
import { mistake, warning } from './findings.ts';
import type { ClusterSpec, Finding, ServicesSpec } from './types.ts';

const on = (services: ServicesSpec, name: keyof ServicesSpec): boolean =>
  services[name] !== undefined && services[name] !== false;

/** Who is of no use without whom; what may be missing and only makes it poorer is a warning. */
function needs(services: ServicesSpec): readonly Finding[] {
  const asks = [
    ['grafana', 'prometheus', 'error', 'its dashboards read from it'],
    ['alertmanager', 'prometheus', 'error', 'alerts come from it'],
    ['open-webui', 'ollama', 'warning', 'it has no models until somebody adds a connection on its page'],
  ] as const;
  return asks.flatMap(([who, whom, severity, why]) => {
    if (!on(services, who) || on(services, whom)) return [];
    const off = services[whom] === false ? 'switched off' : 'not in the spec';
    const message = `${who} expects ${whom}, which is ${off}: ${why}`;
    const remedy = `add "${whom}: {}", or remove ${who}`;
    const make = severity === 'error' ? mistake : warning;
    return [make(['services', who], message, remedy)];
  });
}

export function checkServices({ services = {} }: ClusterSpec): readonly Finding[] {
  return [...needs(services), ...checkDask(services), ...checkProxy(services)];
}
