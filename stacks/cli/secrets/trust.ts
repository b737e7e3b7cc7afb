// How does a machine come to trust the cluster's own authority? One command, and what browsers want beside it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { secretsFolder } from '../../drivers/secrets.ts';
import { type Cluster, namesHosts } from '../../index.ts';
import { shellWord } from '../output.ts';

/** The path, among the secrets, of the authority that `up` makes; when it is new, the user should read the lines below. */
export const authorityPath = 'authority/ca';

const fileIn = (home: string): string => join(secretsFolder(home), `${authorityPath}.crt`);

/** What browsers must trust; null: there is no proxy, or it shows certificates from elsewhere. */
export function authorityFile({ stack }: Cluster, home: string): string | null {
  return stack.proxy !== null && stack.proxy.tls.kind !== 'files' ? fileIn(home) : null;
}

/** Where the authority of the cluster is or will be: also a rack has one, for its orchestrator. Null: nobody makes one. */
export function authorityToTrust(cluster: Cluster, home: string): string | null {
  if (namesHosts(cluster) || existsSync(fileIn(home))) return fileIn(home);
  return authorityFile(cluster, home);
}

/** As root, whoever calls. */
const asRoot = (): string => (process.getuid?.() === 0 ? '' : 'sudo ');

/** The one command for this kind of machine. */
function command(file: string, name: string): string {
  const [source, sudo] = [shellWord(file), asRoot()];
  if (process.platform === 'darwin')
    return `${sudo}security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${source}`;
  if (!existsSync('/usr/local/share/ca-certificates') && existsSync('/etc/pki/ca-trust'))
    return `${sudo}trust anchor ${source}`;
  const target = `/usr/local/share/ca-certificates/muster-${name}.crt`;
  return `${sudo}install -m 644 ${source} ${target} && ${sudo}update-ca-certificates`;
}

/** To be printed once, when the authority is new, and by `muster secrets trust`. */
export function trustLines({ name }: Cluster, file: string): readonly string[] {
  const source = shellWord(file);
  return [
    'to trust the certificate of this cluster on this machine:',
    `  ${command(file, name)}`,
    'Chromium on Linux keeps a list of its own (libnss3-tools), Firefox in its settings under Certificates:',
    `  certutil -d "sql:$HOME/.pki/nssdb" -A -t C,, -n muster-${name} -i ${source}`,
  ];
}
