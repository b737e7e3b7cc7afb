// How does the orchestrator of a rack get a new certificate without a restart? A unit beside it hands it on.
import type { Service } from '../catalog/types.ts';
import { credentialId, secretPath, tlsFolder } from '../cluster/rack-paths.ts';
import type { Cluster } from '../cluster/types.ts';
import { credentialsFolder, type UnitText, unitName } from '../formats/unit.ts';
import { credentials } from './systemd-files.ts';
import { runUnit, type Units } from './systemd-run.ts';

const words = (...all: readonly string[]) => ({ words: all });

const certificate = 'orchestrator/tls.crt';
const key = 'orchestrator/tls.key';

/**
 * Credentials are read at the start of a unit: so each start of this one brings those that are there, and hands them to
 * the running orchestrator. Where key and certificate do not fit, one of them is still to come.
 */
export function certificateUnits(orchestrator: Service, { name }: Cluster): Units {
  const title = `Muster ${name}: certificate of the orchestrator`;
  const own = unitName('orchestrator-tls');
  const credential = (path: string): UnitText => [credentialsFolder, `/${credentialId(path)}`];
  const run = runUnit(orchestrator, {
    title,
    arguments: ['tls', tlsFolder],
    environment: { MUSTER_TLS_CERT_FILE: credential(certificate), MUSTER_TLS_KEY_FILE: credential(key) },
    lines: [
      ['Restart', words('on-failure')],
      ['RestartSec', { seconds: 2 }],
      ['TimeoutStartSec', { seconds: 60 }],
      ...credentials([certificate, key], new Set()),
      // With the orchestrator's own folder, so that both get the same user where none of them runs yet.
      ['StateDirectory', words('muster/orchestrator')],
      ['RuntimeDirectory', words('muster/tls')],
      ['RuntimeDirectoryMode', words('0700')],
      ['RuntimeDirectoryPreserve', true],
    ],
  });
  return [
    [own, run],
    [
      unitName('orchestrator-tls', 'path'),
      [
        // What changed while nobody looked is brought at the start.
        {
          name: 'Unit',
          lines: [
            ['Description', { text: title }],
            ['Wants', words(own)],
          ],
        },
        { name: 'Path', lines: [certificate, key].map((path) => ['PathChanged', words(secretPath(path))] as const) },
        { name: 'Install', lines: [['WantedBy', words('paths.target')]] },
      ],
    ],
  ];
}
