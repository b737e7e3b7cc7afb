// How is Ansible told? The inventory of the rack, what each host runs, and which of its doors are open.
import type { Cluster } from '../cluster/types.ts';
import { formatYaml, type YamlValue } from '../formats/yaml.ts';
import { doorsOf } from './ansible-doors.ts';
import { groupNames, hostVars, roleOf } from './ansible-host.ts';
import { engineGroups } from './ansible-swarm.ts';
import { header } from './containers/parts.ts';
import type { File, HostForm, Target } from './types.ts';

const folder = 'build/rack';

const empty: Readonly<Record<string, never>> = {};

const hostsWith = (forms: readonly HostForm[], is: (form: HostForm) => boolean): YamlValue => ({
  hosts: Object.fromEntries(forms.filter(is).map(({ host }) => [host.name, empty])),
});

function inventory(cluster: Cluster, forms: readonly HostForm[]): string {
  const children = {
    muster_rack: hostsWith(forms, () => true),
    ...Object.fromEntries(
      groupNames.map((role) => [
        `muster_${role}`,
        hostsWith(forms, ({ services }) => services.some((each) => roleOf(each) === role)),
      ]),
    ),
    muster_wireguard: hostsWith(forms, () => cluster.rack.network !== null),
    ...Object.fromEntries(
      Object.entries(engineGroups).map(([group, is]) => [`muster_${group}`, hostsWith(forms, ({ host }) => is(host))]),
    ),
  };
  return formatYaml({ all: { children } }, header(cluster, 'ansible'));
}

export const ansible: Target = {
  summary: 'build/rack/inventory.yml, host_vars and firewalls, for ansible/site.yml',
  onDemand: true,
  render: (cluster, _all, _configs, _secrets, rack = () => []) => {
    const forms = rack();
    const comment = header(cluster, 'ansible');
    const files = forms.flatMap((form): readonly File[] => [
      {
        path: `${folder}/host_vars/${form.host.name}.yml`,
        // Whatever a person wrote stays text: Ansible fills in nothing.
        text: formatYaml(hostVars(cluster, form), comment, 'unsafe'),
        mode: 0o644,
      },
      { path: `${folder}/${form.host.name}/nftables.conf`, text: doorsOf(cluster, form), mode: 0o644 },
    ]);
    return {
      files: [{ path: `${folder}/inventory.yml`, text: inventory(cluster, forms), mode: 0o644 }, ...files],
      findings: [],
    };
  },
};
