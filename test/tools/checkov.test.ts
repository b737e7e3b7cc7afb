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

type Waiver = { readonly checks: readonly string[]; readonly why: string };

/** What does not hold here, and why. The names are checkov's. */
const waivers: readonly Waiver[] = [
  {
    checks: ['Ensure Secrets Manager secrets should have automatic rotation enabled'],
    why: 'the tokens are those of the cluster, which changes them itself; a function in the cloud could not',
  },
  {
    checks: ['Ensure that Load Balancer has deletion protection enabled'],
    why: 'it keeps no state, and `pulumi destroy` must leave nothing that costs',
  },
  {
    checks: ['Ensure VM disks for critical VMs are encrypted with Customer Supplied Encryption Keys (CSEK)'],
    why: 'Google encrypts disks by itself; with a key that only the customer has, no machine could start alone',
  },
  {
    checks: ['Ensure that S3 bucket has cross-region replication enabled'],
    why: 'what lies there is built again by the next `pulumi up`, from the clone of the user',
  },
  {
    // One thing, that checkov asks of each cloud by a name of its own.
    checks: ['Ensure the S3 bucket has access logging enabled', 'Bucket should log access'],
    why: 'one machine reads a few programs there; AWS writes no such log into a bucket under a key, and whoever logs a bucket needs another that nobody logs',
  },
];
const waived: readonly string[] = waivers.flatMap(({ checks }) => checks);

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
  const unwaived = results.failed_checks.filter(({ check_name }) => !waived.includes(check_name));
  deepStrictEqual([unwaived, summary.parsing_errors], [[], 0]);
  ok(summary.passed > 4000, String(summary.passed));
  const used = new Set(results.failed_checks.map(({ check_name }) => check_name));
  deepStrictEqual([...used].sort(), [...waived].sort(), 'a waiver that nothing needs');
  ok(waivers.length <= 5);
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
  ['CKV_AWS_53', 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { blockPublicAcls: false }],
  ['CKV2_AWS_6', 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { restrictPublicBuckets: false }],
  ['CKV_GCP_114', 'gcp:storage/bucket:Bucket', { publicAccessPrevention: 'inherited' }],
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
