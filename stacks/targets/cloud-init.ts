// How are rented machines told? User data of each pool in a cloud: build/cloud-init/POOL.yaml or .sh.
import type { Finding } from '../spec/types.ts';
import type { File, Target, UserData } from './types.ts';

/** Before base64 (INI5). What Google takes is sixteen times as much. */
const mostBytes = { aws: 16_384, gcp: 262_144 } as const;

const endings = { 'cloud-config': 'yaml', script: 'sh' } as const;

const fileOf = ({ form, pool, text }: UserData): File => ({
  path: `build/cloud-init/${pool}.${endings[form]}`,
  text,
  mode: form === 'script' ? 0o755 : 0o644,
});

function tooLong({ cloud, pool, text }: UserData): readonly Finding[] {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= mostBytes[cloud]) return [];
  return [
    {
      severity: 'error',
      path: ['pools', pool],
      message: `expected at most ${mostBytes[cloud]} bytes of user data on ${cloud}, got ${bytes}`,
      remedy: `shorten clouds.${cloud}.orchestrator.url, which is most of what the spec adds to it`,
    },
  ];
}

export const cloudInit: Target = {
  summary: 'build/cloud-init/POOL.yaml: user data of rented machines, on Google Cloud a start-up script (.sh) too',
  onDemand: true,
  render: (_cluster, _all, _configs, _stored, _rack, rented = () => []) => {
    const data = rented();
    return { files: data.filter(({ isDraft }) => !isDraft).map(fileOf), findings: data.flatMap(tooLong) };
  },
};
