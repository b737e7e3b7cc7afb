// How may a cloud's block say that machines reach the orchestrator, and what follows from it?
import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { logName, orchestratorUrl, parseSpec, resolve, tokenSecret } from '../../../stacks/index.ts';

const lines = (text: string): readonly string[] =>
  parseSpec(`name: lab\n${text}`, 'cluster.yaml').problems.map(
    ({ path, message, severity }) => `${severity === 'warning' ? 'warning: ' : ''}${path}: ${message}`,
  );

const cloud = (block: string): string =>
  `pools: { p: { provider: aws, region: eu-west-1 } }\nclouds: { aws: ${block} }`;

const certificate = 'arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef';
const control = (keys: string): string => cloud(`{ orchestrator: { by: control-plane, ${keys} } }`);

/** A snippet, and every problem that it has. */
const table: readonly (readonly [snippet: string, problems: readonly string[]])[] = [
  [cloud('{ orchestrator: { by: public } }'), ['clouds/aws/orchestrator: expected a url with by: public, got none']],
  [
    cloud('{ orchestrator: { by: public, url: "https://10.0.0.5:8443" } }'),
    ['clouds/aws/orchestrator/url: expected an address that a machine of the cloud reaches, got https://10.0.0.5:8443'],
  ],
  [
    cloud('{ orchestrator: { by: vpn, url: "https://a.example.org" } }'),
    [
      'clouds/aws/orchestrator/url: expected a private address with by: vpn, got https://a.example.org',
      'clouds/aws: expected a network that the VPN reaches, got new',
    ],
  ],
  [
    cloud('{ orchestrator: { by: control-plane, url: "https://a.example.org" } }'),
    ['clouds/aws/orchestrator/url: expected no url with by: control-plane and without a certificate, got one'],
  ],
  [control(`certificate: "${certificate}"`), ['clouds/aws/orchestrator: expected a url beside certificate, got none']],
  [control(`certificate: "${certificate}", url: "https://a.example.org"`), []],
  [
    control(`certificate: "${certificate.replace('eu-west-1', 'us-east-1')}", url: "https://a.example.org"`),
    [
      'clouds/aws/orchestrator/certificate: expected a certificate of eu-west-1, where the pools are, got one of us-east-1',
    ],
  ],
  [control(`certificate: "${certificate}", url: "https://a.example.org/muster"`), []],
  ...['https://203.0.113.7', 'https://a.example.org:8443', 'https://a.example.org/other', 'https://a.internal'].map(
    (url) =>
      [
        control(`certificate: "${certificate}", url: "${url}"`),
        [
          `clouds/aws/orchestrator/url: expected https:// with a public name, port 443 and no path but /muster, got ${url}`,
        ],
      ] as const,
  ),
  [
    control('certificate: site, url: "https://a.example.org"'),
    ['clouds/aws/orchestrator/certificate: expected a certificate of this cloud, got site'],
  ],
  [
    cloud(
      `{ orchestrator: { by: control-plane, certificate: "${certificate}", url: "https://a.example.org" }, network: vpc-12345678, subnets: [subnet-12345678] }`,
    ),
    ['clouds/aws/network: expected a network with public subnets for the load balancer, got subnets of vpc-12345678'],
  ],
  [`services: { prometheus: {}, dask: {} }\n${control('runs: [orchestrator, proxy, dask-scheduler]')}`, []],
  [
    `services: { ollama: {} }\n${control('runs: [ollama]')}`,
    ['clouds/aws/orchestrator/runs/0: expected one of orchestrator, proxy, got "ollama"'],
  ],
  [
    `workers: { w: {} }\nservices: { prometheus: {} }\n${control('runs: [w, ollama, proxy, proxy]')}`,
    [
      'clouds/aws/orchestrator/runs/0: expected one of orchestrator, prometheus, proxy, got "w"',
      'clouds/aws/orchestrator/runs/1: expected one of orchestrator, prometheus, proxy, got "ollama"',
      'clouds/aws/orchestrator/runs/3: expected each service once, got proxy again',
    ],
  ],
  [
    cloud('{ orchestrator: { by: public, url: "https://a.example.org", runs: [] } }'),
    ['clouds/aws/orchestrator/runs: expected by: control-plane here, got public'],
  ],
  [
    'pools: { p: { provider: gcp, region: europe-west1 } }\nclouds: { gcp: { project: my-project, orchestrator: { by: control-plane }, logDays: 9 } }',
    ['clouds/gcp/logDays: expected no logDays in gcp, where the log of the project keeps for 30 days, got one'],
  ],
  [
    cloud('{ orchestrator: { by: control-plane }, network: mine, subnets: [] }'),
    ['clouds/aws/network: expected new, default or vpc-…, got mine'],
  ],
  [
    cloud('{ orchestrator: { by: control-plane }, network: vpc-12345678 }'),
    ['clouds/aws: expected subnets of vpc-12345678, got none'],
  ],
];

for (const [snippet, problems] of table) {
  test(`${problems[0] ?? 'nothing is wrong'}: ${snippet.slice(0, 60).replaceAll('\n', ' ')}`, () => {
    deepStrictEqual([...lines(snippet)].sort(), [...problems].sort());
  });
}

test('a control plane runs orchestrator and proxy beside what is written, else what watches them', () => {
  const runs = (services: string, keys: string) => {
    const { spec } = parseSpec(`name: lab\nservices: ${services}\n${control(keys)}`, 'cluster.yaml');
    return spec === null ? null : resolve(spec).clouds[0]?.orchestrator.runs;
  };
  deepStrictEqual(runs('{ prometheus: {}, ollama: {} }', ''), ['orchestrator', 'prometheus', 'proxy']);
  deepStrictEqual(runs('{ proxy: false, dask: {} }', 'runs: [dask-scheduler]'), [
    ...['dask-scheduler', 'orchestrator', 'proxy'],
  ]);
});

test('machines call the name of the certificate, else one that only their network knows', () => {
  const url = (block: string) => {
    const { spec } = parseSpec(`name: lab\n${block}`, 'cluster.yaml');
    const reach = spec === null ? undefined : resolve(spec).clouds[0]?.orchestrator;
    return reach === undefined ? null : orchestratorUrl('lab', reach);
  };
  deepStrictEqual(
    [
      url(control('')),
      url(control(`certificate: "${certificate}", url: "https://a.example.org"`)),
      url(cloud('{ orchestrator: { by: public, url: "https://a.example.org/x" } }')),
    ],
    ['https://orchestrator.lab.muster.internal/muster', 'https://a.example.org/muster', 'https://a.example.org/x'],
  );
});

test('a token has one name in each cloud, before it is there', () => {
  deepStrictEqual(
    [tokenSecret('lab', 'aws', null, 'p'), tokenSecret('lab', 'gcp', 'my-project', 'p')],
    ['lab/p/token', 'projects/my-project/secrets/lab-p-token'],
  );
});

test('what machines of a pool say lies at one place in each cloud', () => {
  deepStrictEqual(
    [logName('lab', 'aws', null, 'p'), logName('lab', 'gcp', 'my-project', 'p')],
    ['/muster/lab/p', 'projects/my-project/logs/muster'],
  );
});
