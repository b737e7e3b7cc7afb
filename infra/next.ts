// What does a person do once everything is made? A line each: what for, and the command as it is typed.
import type { Fleet } from './types.ts';

/** `door`: the command of a tunnel; for a load balancer with a certificate, its address. */
export function nextLines({ cloud, reach, url }: Fleet, door: string | null): readonly string[] {
  const isTunnel = reach.by === 'control-plane' && reach.certificate === null;
  const seen = isTunnel ? 'https://localhost:8443/muster' : url;
  const authority = isTunnel ? ' MUSTER_CA_FILE=.muster/secrets/authority/ca.crt' : '';
  const ways = isTunnel
    ? [`open a way in, and leave it open: ${door}`, 'pages, meanwhile: https://localhost:8443']
    : [];
  const names = door !== null && !isTunnel ? [`point the name ${new URL(url).host} at: ${door}`] : [];
  return [
    ...ways,
    ...names,
    `use this cluster: export MUSTER_URL=${seen}${authority}`,
    'let more machines join: muster workers invite',
    `take everything away: muster cloud destroy ${cloud}`,
  ];
}
