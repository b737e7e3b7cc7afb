// How does nginx start, notice what changed, and end?
import type { ReverseProxy } from '../../cluster/types.ts';
import { formatScript, shellWord } from '../../formats/shell.ts';
import type { Surroundings } from '../types.ts';
import { acmeCertificate, ownCertificate, servedCertificate } from './tls.ts';

/**
 * What still runs then is cut. Nobody listens on the port in the meantime, where one proxy follows the other: more than
 * this, and a stream that never ends would keep everybody out for longer than clients try.
 */
const drainSeconds = 10;
const lookSeconds = 10;

/**
 * A link of the start script to its standard output, which nginx itself can open only where it is a file or a pipe. For
 * units it is the socket of the journal, to which nginx can speak in another way.
 */
export const requestLog = (at: Surroundings): string =>
  at.kind === 'units' ? 'syslog:server=unix:/dev/log,nohostname,tag=nginx' : `${at.scratch('proxy')}/requests.log`;

/** Points nginx to the certificate of the ACME authority once there is one, until then to the cluster's own. */
function choice(proxy: ReverseProxy, at: Surroundings): readonly string[] {
  const served = servedCertificate(proxy, at);
  const own = ownCertificate(at);
  const acme = shellWord(acmeCertificate(at));
  return [
    'choose() {',
    `  crt=${shellWord(own.certificate)} key=${shellWord(own.key)}`,
    `  if [ -s ${acme} ]; then crt=${acme} key=${acme}; fi`,
    `  ln -sfn "$crt" ${shellWord(served.certificate)}`,
    `  ln -sfn "$key" ${shellWord(served.key)}`,
    '}',
  ];
}

function logLink(at: Surroundings): readonly string[] {
  return [
    'log=/dev/stdout',
    '# A socket cannot be opened.',
    '(: >>"$log") 2>/dev/null || log=/dev/null',
    `ln -sfn "$log" ${shellWord(requestLog(at))}`,
  ];
}

export function startScript(proxy: ReverseProxy, hasModels: boolean, at: Surroundings): string {
  const acme = proxy.tls.kind === 'acme';
  const served = servedCertificate(proxy, at);
  const read = [
    at.config('proxy/nginx.conf'),
    at.secret('proxy/htpasswd'),
    ...(hasModels ? [at.secret('proxy/ollama-keys')] : []),
    served.certificate,
    served.key,
  ];
  const nginx = `${at.program('nginx')} "$@" -e stderr -c ${shellWord(at.config('proxy/nginx.conf'))}`;
  return formatScript(
    'Runs nginx, reloads it when a file that it reads has changed, and lets requests end at a stop.',
    [
      `mkdir -p ${shellWord(at.scratch('proxy'))}`,
      ...(at.kind === 'units' ? [] : logLink(at)),
      '# Started by root its workers would be nobody, who may not read the secrets.',
      `if [ "$(id -u)" -eq 0 ]; then set -- -g 'user root;'; fi`,
      ...(acme ? choice(proxy, at) : []),
      'seen() {',
      ...(acme ? ['  choose'] : []),
      `  cksum ${read.map(shellWord).join(' ')} 2>&1 || :`,
      '}',
      'before=$(seen)',
      `${nginx} &`,
      'nginx=$!',
      'left=',
      // Requests may end; then nginx goes by itself.
      `trap 'left=\${left:-${drainSeconds}}; kill -QUIT "$nginx" 2>/dev/null || :' TERM QUIT INT`,
      'tick=0',
      'while kill -0 "$nginx" 2>/dev/null; do',
      '  # A signal ends the wait at once.',
      '  sleep 1 &',
      '  wait "$!" || :',
      '  if [ -n "$left" ]; then',
      '    left=$((left - 1))',
      '    if [ "$left" -le 0 ]; then kill -TERM "$nginx" 2>/dev/null || :; fi',
      '    continue',
      '  fi',
      `  tick=$(((tick + 1) % ${lookSeconds}))`,
      '  if [ "$tick" -ne 0 ]; then continue; fi',
      '  now=$(seen)',
      '  if [ "$now" = "$before" ]; then continue; fi',
      '  before=$now',
      `  if ${nginx} -q -t; then kill -HUP "$nginx"; fi`,
      'done',
      'code=0',
      'wait "$nginx" || code=$?',
      'exit "$code"',
    ],
  );
}
