// Does the orchestrator's own certificate hold for its hosts, its addresses and the machine it is on?
import { deepStrictEqual, strictEqual } from 'node:assert';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSecretFiles } from '../../../services/orchestrator/secrets.ts';
import { orchestratorCertificate } from '../../../stacks/catalog/orchestrator-tls.ts';
import { createSecretFiles } from '../../../stacks/drivers/secret-files.ts';
import { ownFolder } from '../../support/folder.ts';

test('names are each there once, with this machine’s own after them', () => {
  deepStrictEqual(orchestratorCertificate(['node1', '10.250.0.11', 'node1', 'localhost']), {
    kind: 'certificate',
    path: 'orchestrator/tls',
    by: 'authority/ca',
    names: ['node1', '10.250.0.11', 'localhost', '127.0.0.1'],
    use: 'server',
  });
});

test('it is made for names as names and for addresses as addresses, once', async (t) => {
  const folder = ownFolder(t);
  const list = [
    { kind: 'authority', path: 'authority/ca', name: 'rack' } as const,
    orchestratorCertificate(['node1', '10.250.0.11', 'FD00:0:0::7', '::ffff:10.0.0.1']),
  ];
  deepStrictEqual(parseSecretFiles({ MUSTER_SECRET_FILES: JSON.stringify(list) }), { files: list, problems: [] });
  const make = async () => (await createSecretFiles({ folder, owner: null, root: null }, list)).made;
  deepStrictEqual([await make(), await make()], [['authority/ca', 'orchestrator/tls'], []]);
  const certificate = new X509Certificate(readFileSync(join(folder, 'orchestrator/tls.crt')));
  strictEqual(
    certificate.subjectAltName,
    'DNS:node1, IP Address:10.250.0.11, IP Address:FD00:0:0:0:0:0:0:7, IP Address:0:0:0:0:0:FFFF:A00:1, ' +
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  );
});
