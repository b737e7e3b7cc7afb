// What does a judge of clouds say, who knows hundreds of rules that nobody here wrote? Checkov, on a twin of each graph.
import { deepStrictEqual, ok } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cloudSpecs } from '../support/cloud-specs.ts';
import { ownFolder } from '../support/folder.ts';
import { judge, needs } from '../support/linted-files.ts';
import { type Asked, recordCloud } from '../support/recorded-cloud.ts';
import { terraformTwin } from '../support/terraform-twin.ts';

const options = needs('checkov');

/** By the name of the check: why it does not hold here. */
const waivers: Readonly<Record<string, string>> = {
  'Ensure Secrets Manager secrets should have automatic rotation enabled':
    'the tokens are those of the cluster, which changes them itself; a function in the cloud could not',
  'Ensure that Load Balancer has deletion protection enabled':
    'it keeps no state, and `pulumi destroy` must leave nothing that costs',
  'Ensure CloudWatch log groups retains logs for at least 1 year':
    'how long logs are kept is a key of the spec, with its bill: logDays',
  'Ensure the ELBv2 (Application/Network) has access logging enabled':
    'it passes connections on; who calls stands in the flow logs and in the log of the orchestrator',
  'Ensure VM disks for critical VMs are encrypted with Customer Supplied Encryption Keys (CSEK)':
    'Google encrypts disks by itself; with a key that only the customer has, no group could start a machine alone',
};

async function recorded(): Promise<ReadonlyMap<string, readonly Asked[]>> {
  const cloud = await recordCloud();
  const { awsProgram } = await import('../../infra/aws/program.ts');
  const { gcpProgram } = await import('../../infra/gcp/program.ts');
  const made = new Map<string, readonly Asked[]>();
  for (const [name, inputs] of cloudSpecs('aws')) {
    await awsProgram(inputs);
    made.set(`aws-${name}`, await cloud.settled());
  }
  for (const [name, inputs] of cloudSpecs('gcp')) {
    gcpProgram(inputs);
    made.set(`gcp-${name}`, await cloud.settled());
  }
  return made;
}

type Check = { readonly check_id: string; readonly check_name: string; readonly resource: string };
type Report = {
  readonly results: { readonly failed_checks: readonly Check[] };
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
};

async function reportOn(folder: string, graphs: ReadonlyMap<string, readonly Asked[]>): Promise<Report> {
  for (const [name, resources] of graphs) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'main.tf.json'), terraformTwin(resources));
  }
  const { said } = await judge('checkov', ['--skip-download', '--quiet', '--compact', '-o', 'json', '-d', folder]);
  return JSON.parse(said);
}

const graphs = options.skip === undefined ? await recorded() : new Map<string, readonly Asked[]>();

test('checkov finds nothing in any spec of either cloud but what is waived with a reason', options, async (t) => {
  const { results, summary } = await reportOn(ownFolder(t), graphs);
  t.diagnostic(`${graphs.size} specs, ${summary.passed} checks passed, ${results.failed_checks.length} waived`);
  const unwaived = results.failed_checks.filter(({ check_name }) => waivers[check_name] === undefined);
  deepStrictEqual([unwaived, summary.parsing_errors], [[], 0]);
  ok(summary.passed > 4000, String(summary.passed));
  const used = new Set(results.failed_checks.map(({ check_name }) => check_name));
  deepStrictEqual([...used].sort(), Object.keys(waivers).sort(), 'a waiver that nothing needs');
  ok(Object.keys(waivers).length <= 5);
});

type Plant = readonly [check: string, type: string, change: Readonly<Record<string, unknown>>];
const anywhere = { description: 'x', protocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: ['0.0.0.0/0'] };

const plants: readonly Plant[] = [
  ['CKV_AWS_79', 'aws:ec2/launchTemplate:LaunchTemplate', { metadataOptions: { httpTokens: 'optional' } }],
  ['CKV_AWS_3', 'aws:ebs/volume:Volume', { encrypted: false }],
  ['CKV_AWS_7', 'aws:kms/key:Key', { enableKeyRotation: false }],
  ['CKV_AWS_24', 'aws:ec2/securityGroup:SecurityGroup', { ingress: [anywhere] }],
  ['CKV_AWS_149', 'aws:secretsmanager/secret:Secret', { kmsKeyId: undefined }],
  // Found only where the twin says who refers to whom.
  ['CKV2_AWS_11', 'aws:ec2/flowLog:FlowLog', { vpcId: 'vpc-of-somebody' }],
  ['CKV_GCP_39', 'gcp:compute/instanceTemplate:InstanceTemplate', { shieldedInstanceConfig: { enableVtpm: false } }],
  ['CKV_GCP_74', 'gcp:compute/subnetwork:Subnetwork', { privateIpGoogleAccess: false }],
];

test('checkov finds each mistake that is planted into what was made', options, async (t) => {
  const planted = [...graphs].slice(0, 1).concat([...graphs].filter(([name]) => name === 'gcp-options-1'));
  const changed = planted.map(([name, resources]) => {
    const broken = resources.map((each) => {
      const changes = plants.filter(([, type]) => type === each.type).map(([, , change]) => change);
      return { ...each, props: Object.assign({}, each.props, ...changes) };
    });
    return [name, broken] as const;
  });
  const { results } = await reportOn(ownFolder(t), new Map(changed));
  const found = new Set(results.failed_checks.map(({ check_id }) => check_id));
  deepStrictEqual(
    plants.map(([check]) => check).filter((check) => !found.has(check)),
    [],
  );
});
