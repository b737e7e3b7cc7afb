// Do Dask, Ollama and a swarm of engines come to hosts without a network, do they work behind shut doors, and go again?
import { deepStrictEqual, doesNotMatch, match, notStrictEqual, strictEqual } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { freshHost, hostAddress, hostsDown, onHost, sshConfig, whyNoHosts } from '../support/hosts-lab.ts';
import { labEnvironment } from '../support/lab.ts';
import { RackCluster } from '../support/rack-cluster.ts';
import { treeOf } from '../support/rack-hosts.ts';
import { programVariables, pythonImage, tinyModel, whyNoPrograms } from '../support/rack-programs.ts';

const hasAnsible = spawnSync('ansible-playbook', ['--version'], { env: { ...process.env, ...labEnvironment() } });
const noAnsible = hasAnsible.error === undefined ? null : 'ansible-playbook is absent';
const why = whyNoHosts() ?? whyNoPrograms() ?? noAnsible;
const options = { ...(why !== null && { skip: why }), timeout: 600_000 };

const hosts = ['node1', 'node2'] as const;
const spec = {
  name: 'rack',
  orchestrator: { cpus: 0.5 },
  services: {
    dask: { tls: true, workers: { cpu: { cpus: 1, memory: '512MiB' } } },
    ollama: { gpus: 'none', cpus: 1, memory: '512MiB' },
  },
  rack: {
    hosts: {
      node1: { address: hostAddress('node1'), swarm: 'manager', runs: ['orchestrator', 'dask-scheduler', 'ollama'] },
      node2: { address: hostAddress('node2'), swarm: 'worker', runs: ['dask-cpu'] },
    },
  },
};

const trees = new Map<string, readonly string[]>();
let rack: RackCluster;
let said = '';

/** What a script says on a host where it must not fail. */
async function saidOn(host: (typeof hosts)[number], script: string): Promise<string> {
  const { code, stderr, stdout } = await onHost(host, script);
  strictEqual(code, 0, `${stdout}${stderr}`);
  return stdout.trim();
}

async function bring(file: string, place: string): Promise<void> {
  const { code, stderr } = await rack.clone.run('scp', ['-F', sshConfig, file, place]);
  strictEqual(code, 0, stderr);
}

before(async () => {
  if (why !== null) return;
  freshHost(...hosts);
  for (const host of hosts) trees.set(host, await treeOf(host));
  rack = await RackCluster.make();
  rack.write(spec);
  Object.assign(rack.clone.env, programVariables());
});
after(async () => {
  if (why !== null) return;
  await rack.remove();
  hostsDown();
});

test('an Ollama with another checksum is not brought', options, async () => {
  const right = rack.clone.env.MUSTER_OLLAMA_SHA256;
  rack.clone.env.MUSTER_OLLAMA_SHA256 = '0'.repeat(64);
  const { code, stderr } = await rack.deploy('--check', '--limit', 'node1');
  rack.clone.env.MUSTER_OLLAMA_SHA256 = right;
  notStrictEqual(code, 0);
  match(stderr, /expected \S+ with the checksum 0{64}, got [0-9a-f]{64}: load it anew, or correct the checksum/);
});

test('one command brings Dask, Ollama and a swarm of engines', options, async () => {
  const { code, stderr, stdout } = await rack.deploy('--yes');
  said = stdout + stderr;
  strictEqual(code, 0, said);
});

test('Dask computes for who shows a certificate, and for nobody else', options, async () => {
  const script = `
import json, socket
from distributed import Client
from distributed.security import Security
folder = '/etc/muster/secrets/dask/'
shown = Security(tls_ca_file=folder + 'ca.crt', tls_client_cert=folder + 'tls.crt', tls_client_key=folder + 'tls.key', require_encryption=True)
words = open('/etc/muster/configs/dask/scheduler.sh').read().split()
place = words[words.index('--host') + 1] + ':' + words[words.index('--port') + 1]
with Client('tls://' + place, security=shown, timeout=20) as client:
    client.wait_for_workers(1, timeout=30)
    parts = client.map(lambda n: n * n, range(1000), pure=False)
    print(json.dumps([client.submit(sum, parts).result(timeout=60), list(client.run(socket.gethostname).values())]))
try:
    Client('tcp://' + place, timeout=3)
except Exception as error:
    print(type(error).__name__)
`;
  const run = `cat >/root/ask.py <<'END'\n${script}END\ncd /root && /opt/muster/venv/dask/bin/python -B ask.py; code=$?; rm ask.py; exit $code`;
  const lines = (await saidOn('node1', run)).split('\n');
  deepStrictEqual(JSON.parse(lines[0] ?? ''), [332_833_500, ['node2']]);
  match(lines[1] ?? '', /^(?:OSError|CommClosedError|TimeoutError)$/);
});

test('Ollama answers a prompt', options, async () => {
  await bring(tinyModel(), 'node1:/root/tiny.gguf');
  const answer = await saidOn(
    'node1',
    `cd /root && echo 'FROM ./tiny.gguf' >Modelfile && OLLAMA_HOST=127.0.0.1:11434 HOME=/tmp /opt/muster/bin/ollama create tiny >&2 &&
    rm tiny.gguf Modelfile && curl -s -m 60 127.0.0.1:11434/api/generate -d '{"model":"tiny","prompt":"hi","stream":false}'`,
  );
  match((JSON.parse(answer) as { readonly response: string }).response, /^Hello from the tiny model: one two/);
});

test('the engines are a swarm, and containers reach each other while the doors are shut', options, async () => {
  const nodes = await saidOn('node1', "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'");
  deepStrictEqual(nodes.split('\n').sort(), ['node1 Ready Leader', 'node2 Ready']);
  const load = (host: string) =>
    `zstd -dqc /root/image.tar.zst | docker load | sed 's/.*: //' && rm /root/image.tar.zst && : ${host}`;
  const [image] = await Promise.all(
    hosts.map(async (host) => {
      await bring(pythonImage(), `${host}:/root/image.tar.zst`);
      return await saidOn(host, load(host));
    }),
  );
  const python = (words: string) => `docker run ${words} --entrypoint python3 ${image}`;
  const open = (url: string) => `-c "import urllib.request as u; print(u.urlopen('${url}', timeout=20).status)"`;
  await saidOn(
    'node1',
    `docker network create -d overlay --attachable proof && ${python('-d --name peer --network proof -p 8088:80')} -m http.server 80
    systemctl restart muster-firewall`,
  );
  strictEqual(await saidOn('node2', `${python('--rm --network proof')} ${open('http://peer/')}`), '200');
  strictEqual(await saidOn('node2', `${python('--rm')} ${open(`http://${hostAddress('node1')}:8088/`)}`), '200');
  await saidOn('node1', 'docker rm -f peer && until docker network rm proof; do sleep 0.2; done');
});

test('the token of the swarm is in no log and in no output', options, async () => {
  doesNotMatch(said, /SWMTKN/);
  for (const host of hosts) strictEqual(await saidOn(host, 'journalctl --no-pager | grep -c SWMTKN || true'), '0');
});

test('a second run changes nothing, and a check has nothing to say', options, async () => {
  const still = { changed: 0, failed: 0 };
  const second = await rack.playbook('site');
  deepStrictEqual(second.recap, { node1: still, node2: still }, second.said.stdout);
  const check = await rack.deploy('--check');
  match(check.stdout, /muster: the rack "rack" is as it should be, nothing to change/);
});

test('what is taken off leaves no file, no user, no group and no network', options, async () => {
  const { code, stderr, stdout } = await rack.deploy('--uninstall', '--yes');
  strictEqual(code, 0, stderr + stdout);
  for (const host of hosts) {
    const there = new Set(trees.get(host));
    // A disk of its own here, as it is on many machines.
    const left = (await treeOf(host)).filter((line) => !there.has(line) && !line.endsWith(' /var/lib/docker'));
    const links = await saidOn(host, "ip -br link | sed 's/[@ ].*//' | sort; ls -A /var/lib/docker");
    deepStrictEqual({ host, left, links }, { host, left: [], links: 'host0\nlo' });
  }
});
