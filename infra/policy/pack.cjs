#!/usr/bin/env node
// Generated from pack.ts by `make golden`; do not edit.
"use strict";

// infra/policy/pack.ts
var import_policy = require("@pulumi/policy");

// infra/policy/resource.ts
var later = "(known later)";
var mapAt = (value) => typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
var listAt = (value) => Array.isArray(value) ? value : [];
var textAt = (value) => typeof value === "string" ? value : "";
var unless = (holds, wrong) => holds ? [] : [wrong];
var of = (types, check) => (resource) => types.includes(resource.type) ? check(resource) : [];
function statements({ props }) {
  const text = textAt(props.policy);
  return text === "" || text === later ? [] : listAt(mapAt(JSON.parse(text)).Statement).map(mapAt);
}

// infra/policy/known.ts
function known(read) {
  try {
    const value = read();
    if (Array.isArray(value)) return Array.from({ length: value.length }, (_, at) => known(() => value[at]));
    if (typeof value !== "object" || value === null) return value;
    return knownProps(value);
  } catch {
    return later;
  }
}
var knownProps = (props) => Object.fromEntries(Object.keys(props).map((name) => [name, known(() => props[name])]));

// infra/policy/rules-aws-buckets.ts
function bucketPolicy(resource) {
  if (textAt(resource.props.policy) === later) return [];
  const all = statements(resource);
  const tls = all.some(
    ({ Condition, Effect }) => Effect === "Deny" && textAt(mapAt(mapAt(Condition).Bool)["aws:SecureTransport"]) === "false"
  );
  const isAnyone = ({ Principal }) => Principal === "*" || mapAt(Principal).AWS === "*";
  return [
    ...unless(tls, "a bucket must refuse whoever comes without TLS"),
    ...unless(!all.some((one) => one.Effect === "Allow" && isAnyone(one)), "a bucket must be open to nobody unnamed")
  ];
}
var closed = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
var notPublic = ({ props }) => closed.flatMap((name) => unless(props[name] === true, `a bucket must not be public: ${name}`));
function byOwnKey({ props }) {
  const rules = listAt(props.rules).map((rule) => mapAt(mapAt(rule).applyServerSideEncryptionByDefault));
  const holds = rules.some((rule) => rule.sseAlgorithm === "aws:kms" && textAt(rule.kmsMasterKeyId) !== "");
  return unless(holds, "a bucket must be encrypted by a key of the cluster");
}
var bucketRules = [
  {
    name: "aws-6-bucket-closed",
    description: "Buckets are not public.",
    check: of(["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"], notPublic)
  },
  {
    name: "aws-6-bucket-tls",
    description: "Buckets are open to nobody unnamed, and to nobody without TLS.",
    check: of(["aws:s3/bucketPolicy:BucketPolicy"], bucketPolicy)
  },
  {
    name: "aws-6-bucket-key",
    description: "Buckets are encrypted.",
    check: of(["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"], byOwnKey)
  }
];

// infra/policy/rules-aws-groups.ts
function mix({ props }) {
  const policy = mapAt(props.mixedInstancesPolicy);
  const hasPolicy = props.mixedInstancesPolicy !== void 0;
  const { instancesDistribution, launchTemplate } = policy;
  const { onDemandPercentageAboveBaseCapacity: share, spotAllocationStrategy } = mapAt(instancesDistribution);
  const template = hasPolicy ? mapAt(launchTemplate).launchTemplateSpecification : props.launchTemplate;
  const version = textAt(mapAt(template).version);
  return [
    ...unless(
      !hasPolicy || spotAllocationStrategy === "price-capacity-optimized",
      "spot must be price-capacity-optimized"
    ),
    ...unless(
      !(Number(share) < 100) || props.capacityRebalance === true,
      "a group with spot must have capacityRebalance"
    ),
    ...unless(template !== void 0, "a group must say which template it starts"),
    ...unless(!version.startsWith("$"), `the version of the template must be a number, got ${version}`),
    ...unless(!hasPolicy || props.warmPool === void 0, "AWS refuses a warm pool beside several types")
  ];
}
function group(resource) {
  const { props } = resource;
  const hooks = listAt(props.initialLifecycleHooks).map(mapAt);
  const has = (transition) => hooks.some(
    (hook) => textAt(hook.lifecycleTransition).endsWith(transition) && typeof hook.heartbeatTimeout === "number"
  );
  return [
    ...mix(resource),
    ...unless(has("LAUNCHING") && has("TERMINATING"), "hooks with a time limit must wait at launch and at the end"),
    ...unless(typeof props.maxSize === "number" && props.maxSize <= 1e3, "a group must have a maximum"),
    ...unless(props.protectFromScaleIn === true, "machines must end by name: protectFromScaleIn")
  ];
}

// infra/policy/rules-aws.ts
var anywhere = ["0.0.0.0/0", "::/0"];
function metadata({ props }) {
  const options = mapAt(props.metadataOptions);
  return [
    ...unless(options.httpTokens === "required", 'metadataOptions.httpTokens must be "required" (IMDSv2)'),
    ...unless(options.httpPutResponseHopLimit === 1, "metadataOptions.httpPutResponseHopLimit must be 1")
  ];
}
var isTrue = (value) => value === true || value === "true";
function disks({ props }) {
  const found = [
    ...listAt(props.blockDeviceMappings).map((mapping) => mapAt(mapAt(mapping).ebs)),
    mapAt(props.rootBlockDevice)
  ];
  const used = found.filter((disk) => Object.keys(disk).length > 0);
  return [
    ...unless(used.length > 0, "a disk must be described: what the image says is not encrypted"),
    ...used.flatMap((disk) => [
      ...unless(isTrue(disk.encrypted), "disks must be encrypted"),
      ...unless(disk.volumeType === "gp3", "disks must be gp3"),
      ...unless(
        disk.deleteOnTermination === void 0 || isTrue(disk.deleteOnTermination),
        "disks must go with the machine"
      )
    ])
  ];
}
function image({ props }) {
  const id = textAt(props.imageId ?? props.ami);
  return unless(/^ami-[0-9a-f]{8,17}$/.test(id), `the image must be pinned by its id, got "${id}"`);
}
function doors({ props }) {
  const rules = props.type === "ingress" ? [props] : listAt(props.ingress).map(mapAt);
  return rules.flatMap((rule) => {
    const open = [...listAt(rule.cidrBlocks), ...listAt(rule.ipv6CidrBlocks)].some(
      (range) => anywhere.includes(textAt(range))
    );
    return unless(
      !open || rule.fromPort === 443 && rule.toPort === 443,
      "nobody comes in from everywhere, but to 443 of a load balancer"
    );
  });
}
var listed = (value) => Array.isArray(value) ? value.map(textAt) : [textAt(value)];
var withoutResource = /^(?:ssm:UpdateInstanceInformation|ssmmessages:\w+|autoscaling:Describe\w+|ec2:Describe\w+)$/;
function rights(resource) {
  return statements(resource).flatMap((statement) => {
    const actions = listed(statement.Action);
    const wide = listed(statement.Resource).includes("*") && !actions.every((action) => withoutResource.test(action));
    return [
      ...unless(
        !actions.some((action) => action === "*" || action.endsWith(":*")),
        `no right may be all of a service: ${actions.join(", ")}`
      ),
      ...unless(!wide, `rights must name what they are on: ${actions.join(", ")}`),
      ...unless(
        !actions.includes("iam:PassRole") || !listed(statement.Resource).includes("*"),
        "iam:PassRole must name the role"
      )
    ];
  });
}
function bounded({ props }) {
  const forMachines = textAt(props.assumeRolePolicy).includes("ec2.");
  return unless(!forMachines || textAt(props.permissionsBoundary) !== "", "the role of a machine must have a boundary");
}
var bounds = ["kms:CallerAccount", "aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn"];
function key(resource) {
  const open = statements(resource).filter(({ Principal }) => Principal === "*" || mapAt(Principal).AWS === "*");
  const services = statements(resource).filter(({ Principal }) => mapAt(Principal).Service !== void 0);
  const bounded2 = (statement) => Object.values(mapAt(statement.Condition)).some((tests) => bounds.some((name) => mapAt(tests)[name] !== void 0));
  return [...open, ...services].flatMap((one) => unless(bounded2(one), "a key must be bound to this account"));
}
var tagged = ["aws:autoscaling/group:Group", "aws:ec2/launchTemplate:LaunchTemplate"];
function tags({ props }) {
  const names = Array.isArray(props.tags) ? props.tags.map((tag) => textAt(mapAt(tag).key)) : Object.keys(mapAt(props.tags));
  return unless(names.includes("muster-pool"), "who reaps and who pays go by the tag muster-pool");
}
function copies({ props }) {
  const [first, ...others] = Object.keys(mapAt(mapAt(props.policyDetails).targetTags));
  return unless(first === "muster-state" && others.length === 0, "copies go by the tag muster-state alone");
}
var machines = ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"];
var awsRules = [
  { name: "aws-1-metadata", description: "Metadata by session tokens, one hop.", check: of(machines, metadata) },
  { name: "aws-1-disks", description: "Disks are encrypted gp3 and go with the machine.", check: of(machines, disks) },
  { name: "aws-1-image", description: "Images are pinned.", check: of(machines, image) },
  {
    name: "aws-2-no-keys",
    description: "Nobody signs in by SSH.",
    check: of(machines, ({ props }) => unless(props.keyName === void 0, "no key pair: use Session Manager"))
  },
  {
    name: "aws-2-doors",
    description: "Nobody comes in from everywhere.",
    check: of(["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/securityGroupRule:SecurityGroupRule"], doors)
  },
  {
    name: "aws-3-rights",
    description: "Rights name what they are on.",
    check: of(["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"], rights)
  },
  { name: "aws-3-boundary", description: "Roles of machines are bounded.", check: of(["aws:iam/role:Role"], bounded) },
  {
    name: "aws-4-5-7-group",
    description: "Groups mix, drain and end by name.",
    check: of(["aws:autoscaling/group:Group"], group)
  },
  {
    name: "aws-6-secrets",
    description: "Secrets lie under a key of their own.",
    check: of(
      ["aws:secretsmanager/secret:Secret", "aws:cloudwatch/logGroup:LogGroup"],
      ({ props }) => unless(textAt(props.kmsKeyId) !== "", "it must be encrypted by a key of the cluster")
    )
  },
  { name: "aws-6-key", description: "The key is of this account alone.", check: of(["aws:kms/key:Key"], key) },
  ...bucketRules,
  {
    name: "aws-6-copies",
    description: "Only the state is copied.",
    check: of(["aws:dlm/lifecyclePolicy:LifecyclePolicy"], copies)
  },
  { name: "aws-6-tags", description: "What costs carries the tag of its pool.", check: of(tagged, tags) }
];

// infra/policy/rules-gcp.ts
var machines2 = ["gcp:compute/instanceTemplate:InstanceTemplate", "gcp:compute/instance:Instance"];
function shielded({ props }) {
  const shield = mapAt(props.shieldedInstanceConfig);
  const metadata2 = mapAt(props.metadata);
  const hasGpus = listAt(props.guestAccelerators).length > 0 || /^(?:g2|a2|a3|a4)-/.test(textAt(props.machineType));
  return [
    ...unless(shield.enableVtpm === true && shield.enableIntegrityMonitoring === true, "it must be a shielded machine"),
    ...unless(hasGpus || shield.enableSecureBoot === true, "secure boot stays on where no unsigned driver is needed"),
    ...unless(metadata2["enable-oslogin"] === "TRUE", "metadata enable-oslogin must be TRUE"),
    ...unless(metadata2["block-project-ssh-keys"] === "TRUE", "metadata block-project-ssh-keys must be TRUE"),
    ...unless(metadata2["serial-port-enable"] !== "TRUE", "the serial port must be off")
  ];
}
function account({ props }) {
  const { email, scopes } = mapAt(props.serviceAccount);
  return [
    ...unless(
      email !== void 0 && !textAt(email).endsWith("-compute@developer.gserviceaccount.com"),
      "it needs an account of its own"
    ),
    ...unless(listAt(scopes).join() === "cloud-platform", "the scope is cloud-platform: roles are the limit")
  ];
}
function inside({ props }) {
  const outside = listAt(props.networkInterfaces).some((card) => listAt(mapAt(card).accessConfigs).length > 0);
  return [
    ...unless(!outside, "no address outside: what it fetches goes through NAT"),
    ...unless(props.canIpForward !== true, "it must not forward")
  ];
}
function spot({ props }) {
  const { provisioningModel, instanceTerminationAction } = mapAt(props.scheduling);
  return unless(
    provisioningModel !== "SPOT" || textAt(instanceTerminationAction) !== "",
    "spot must say instanceTerminationAction"
  );
}
function firewall({ props }) {
  if (props.direction !== "INGRESS" || listAt(props.allows).length === 0) return [];
  return [
    ...unless(!listAt(props.sourceRanges).includes("0.0.0.0/0"), "nobody comes in from everywhere"),
    ...unless(listAt(props.targetServiceAccounts).length > 0, "doors open by account, not by tag"),
    ...unless(props.logConfig !== void 0, "who comes in is logged")
  ];
}
var wideRoles = /^roles\/(?:owner|editor|viewer|storage\.(?:\w*[aA]dmin|objectUser|objectCreator|legacy\w+)|iam\.\w*[aA]dmin|compute\.\w*[aA]dmin(?:\.v1)?|secretmanager\.admin)$/;
function roles({ props }) {
  const role = textAt(props.role);
  return unless(!wideRoles.test(role), `${role} is wider than a machine needs`);
}
function bucket({ props }) {
  return [
    ...unless(props.publicAccessPrevention === "enforced", "a bucket must not be public: publicAccessPrevention"),
    ...unless(props.uniformBucketLevelAccess === true, "rights are on the bucket alone: uniformBucketLevelAccess"),
    ...unless(mapAt(props.versioning).enabled === true, "what was in a bucket must be there: versioning")
  ];
}
var someone = ({ props }) => unless(!/^all(?:Authenticated)?Users$/.test(textAt(props.member)), "rights are for those who are named");
function group2({ props }) {
  const healing = mapAt(props.autoHealingPolicies);
  return [
    ...unless(Number(healing.initialDelaySec) >= 180, "autohealing must wait until a machine has booted"),
    ...unless(
      mapAt(props.updatePolicy).type === "OPPORTUNISTIC",
      "machines end by name: the update policy is OPPORTUNISTIC"
    )
  ];
}
var members = [
  "gcp:projects/iAMMember:IAMMember",
  "gcp:secretmanager/secretIamMember:SecretIamMember",
  "gcp:storage/bucketIAMMember:BucketIAMMember"
];
var gcpRules = [
  { name: "gcp-1-shielded", description: "Shielded, OS Login, no keys of the project.", check: of(machines2, shielded) },
  { name: "gcp-2-account", description: "An account of its own.", check: of(machines2, account) },
  {
    name: "gcp-2-roles",
    description: "Narrow roles.",
    check: of(members, roles)
  },
  { name: "gcp-2-members", description: "Rights are for those who are named.", check: of(members, someone) },
  {
    name: "gcp-3-bucket",
    description: "Buckets are not public.",
    check: of(["gcp:storage/bucket:Bucket"], bucket)
  },
  { name: "gcp-3-inside", description: "No address outside.", check: of(machines2, inside) },
  {
    name: "gcp-3-doors",
    description: "Doors open by account.",
    check: of(["gcp:compute/firewall:Firewall"], firewall)
  },
  {
    name: "gcp-3-flows",
    description: "Flows are logged.",
    check: of(
      ["gcp:compute/subnetwork:Subnetwork"],
      ({ props }) => unless(props.logConfig !== void 0, "flow logs must be on")
    )
  },
  { name: "gcp-4-spot", description: "Spot says how it ends.", check: of(machines2, spot) },
  {
    name: "gcp-5-group",
    description: "Groups heal, and end machines by name.",
    check: of(["gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"], group2)
  },
  {
    name: "gcp-5-no-autoscaler",
    description: "The orchestrator scales, nobody else.",
    check: of(["gcp:compute/regionAutoscaler:RegionAutoscaler", "gcp:compute/autoscaler:Autoscaler"], () => [
      "no autoscaler of the cloud"
    ])
  }
];

// infra/policy/pack.ts
var policyOf = ({ check, description, name }) => ({
  name,
  description,
  enforcementLevel: "mandatory",
  validateResource: ({ name: own, props, type }, report) => {
    for (const wrong of check({ type, name: own, props: knownProps(props) })) report(wrong);
  }
});
process.chdir(__dirname);
new import_policy.PolicyPack("muster", { policies: [...awsRules, ...gcpRules].map(policyOf) });
