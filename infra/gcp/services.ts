// Which services of Google must the project have switched on? Those that are called here; they stay on, and cost nothing.
import { projects } from '@pulumi/gcp';
import type { Resource } from '@pulumi/pulumi';
import type { Fleet } from '../types.ts';
import type { Place } from './place.ts';

export function switchOn({ options, project }: Place, fleet: Fleet): readonly Resource[] {
  const names = [
    ...['cloudresourcemanager', 'compute', 'iam', 'logging', 'monitoring', 'secretmanager'],
    ...(fleet.controlPlane === null ? [] : ['dns', 'iap', 'storage']),
    ...(fleet.groups.some(({ budget }) => budget.month !== null) ? ['billingbudgets', 'cloudbilling'] : []),
  ];
  return names.map((name) => {
    const service = `${name}.googleapis.com`;
    return new projects.Service(name, { project, service, disableOnDestroy: false }, options);
  });
}
