// What does a bare host say of itself? The script that looks, and what its answer means.

export type Engine = 'docker' | null;

export type InstallFacts = {
  /** As the host calls itself, in the form of a host of the rack. */
  readonly name: string;
  readonly user: string;
  /** How this user becomes root; null: not without a password. */
  readonly root: 'root' | 'sudo' | null;
  readonly system: string;
  readonly machine: string;
  /** As its maker writes it: `Debian GNU/Linux 12 (bookworm)`. */
  readonly distribution: string;
  readonly family: 'debian' | 'fedora' | 'arch' | null;
  /** Null: another process is the first one. */
  readonly systemdVersion: number | null;
  readonly hasPython: boolean;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  /** An engine of containers that listens. */
  readonly engine: Engine;
  /** IPv4, under which others reach it; null: only its own loopback. */
  readonly address: string | null;
  /** Where its SSH listens; null: nobody came by SSH. */
  readonly sshPort: number | null;
  /** TCP ports on which somebody listens for others. */
  readonly ports: readonly number[];
  /** Names of the services that Muster runs there as units. */
  readonly services: readonly string[];
  /** Whether it joined by an invite. */
  readonly isJoined: boolean;
};

/** For sh, as any user, by standard input. It changes nothing. */
export const lookAtHost = `PATH=$PATH:/usr/sbin:/sbin
say() { printf 'muster-host %s %s\\n' "$1" "$2"; }
say name "$(uname -n)"
say system "$(uname -s)"
say machine "$(uname -m)"
say user "$(id -un)"
if [ "$(id -u)" -eq 0 ]; then say root root; elif sudo -n true 2>/dev/null; then say root sudo; fi
for key in ID ID_LIKE PRETTY_NAME; do
  say "$key" "$(sed -n "s/^$key=//p" /etc/os-release 2>/dev/null | tr -d "\\"'")"
done
if [ -d /run/systemd/system ]; then say systemd "$(systemctl --version | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p')"; fi
if command -v python3 >/dev/null; then say python yes; fi
say cpus "$(getconf _NPROCESSORS_ONLN)"
say memory "$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo)"
for card in /proc/driver/nvidia/gpus/*; do [ ! -e "$card" ] || say gpu "$card"; done
if [ -S /var/run/docker.sock ]; then say engine docker; fi
say came "\${SSH_CONNECTION:-}"
say source "$(ip -4 route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \\([0-9.]*\\).*/\\1/p')"
say source "$(ip -4 -o addr show scope global 2>/dev/null | sed -n '1s/.* inet \\([0-9.]*\\).*/\\1/p')"
sed -n 's/^ *[0-9]*: \\([0-9A-F]*\\):\\([0-9A-F]*\\) [0-9A-F]*:[0-9A-F]* 0A .*/muster-host port \\2 \\1/p' /proc/net/tcp /proc/net/tcp6 2>/dev/null
for unit in /etc/systemd/system/muster-*.service; do [ ! -e "$unit" ] || say unit "\${unit##*/}"; done
for made in /opt/muster/agent-made "\${HOME:-}/.local/share/muster/agent-made"; do [ ! -e "$made" ] || say joined "$made"; done
exit 0
`;

const families = { debian: 'debian', ubuntu: 'debian', fedora: 'fedora', rhel: 'fedora', arch: 'arch' } as const;
/** Not its loopback: nobody else gets there. */
const address = /^(?!127\.)\d{1,3}(?:\.\d{1,3}){3}$/;
/** What stands in files and commands of others: a host that lies says no more than a name. */
const user = /^[a-z_][a-z0-9_-]{0,31}$/;
/** 127.0.0.1, also as an address of IPv6, and ::1, as the kernel prints them. */
const isLoopback = (hex: string): boolean => /^(?:(?:0{16}FFFF0000)?.{6}7F|0{24}01000000)$/.test(hex);
/** Units beside services: they come with them. */
const helpers = ['agent', 'firewall', 'job-units', 'job-units@'];

/** A name of the rack: a label of DNS that starts with a letter. */
function nameOf(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/\..*$/, '')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return label.slice(0, 63).replace(/-+$/, '') || 'host';
}

/** Lines of others are passed over. */
export function installFacts(said: string): InstallFacts {
  const all = (key: string): readonly string[] =>
    [...said.matchAll(/^muster-host (\S+) (.*)$/gm)].flatMap(([, name, value = '']) =>
      name === key && value !== '' ? [value.trim()] : [],
    );
  const one = (key: string): string => all(key)[0] ?? '';
  const [, , came = '', sshPort = ''] = one('came').split(' ');
  const ids = [one('ID'), ...one('ID_LIKE').split(' ')];
  const open = all('port').flatMap((line) => {
    const [port = '', on = ''] = line.split(' ');
    return isLoopback(on) ? [] : [Number.parseInt(port, 16)];
  });
  const units = all('unit').map((unit) => unit.replace(/^muster-(.*)\.service$/, '$1'));
  const root = one('root');
  return {
    name: nameOf(one('name')),
    user: user.test(one('user')) ? one('user') : 'root',
    root: root === 'root' || root === 'sudo' ? root : null,
    system: one('system'),
    machine: one('machine'),
    distribution: one('PRETTY_NAME') || one('ID') || one('system'),
    family: ids.flatMap((id) => families[id as keyof typeof families] ?? [])[0] ?? null,
    systemdVersion: one('systemd') === '' ? null : Number(one('systemd')),
    hasPython: one('python') === 'yes',
    cpus: Number(one('cpus')),
    memoryMiB: Math.floor(Number(one('memory')) / 1024),
    gpus: all('gpu').length,
    engine: one('engine') === 'docker' ? 'docker' : null,
    address: [came, ...all('source')].find((text) => address.test(text)) ?? null,
    sshPort: /^[1-9]\d{0,4}$/.test(sshPort) ? Number(sshPort) : null,
    ports: [...new Set(open)].sort((a, b) => a - b),
    services: units.filter((name) => !helpers.includes(name)).sort(),
    isJoined: all('joined').length > 0,
  };
}
