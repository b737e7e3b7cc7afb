// The front door of the pure core: text becomes a Cluster, a Cluster becomes Services and Files.
import { broughtSecrets, secretFiles, services } from './catalog/index.ts';
import { rackSecretFiles } from './catalog/rack-secrets.ts';
import type { Config, SecretFile, Service } from './catalog/types.ts';
import { type Allotment, allot, gpusOf, type HostGpus } from './cluster/gpus.ts';
import { onRack } from './cluster/rack.ts';
import { secretPaths } from './cluster/swarm-names.ts';
import type { Cluster } from './cluster/types.ts';
import { asProcesses, type LocalPlace, portsOf } from './configs/as-processes.ts';
import { asUnits } from './configs/as-units.ts';
import { inContainers } from './configs/in-containers.ts';
import { configFiles } from './configs/index.ts';
import { cloudConfig, startupScript } from './configs/user-data/cloud-config.ts';
import { type ControlBoot, controlFiles, controlUnits } from './configs/user-data/control.ts';
import { draft, type Offered, rentedWorkers, userData } from './configs/user-data/rented.ts';
import { type InstallPlace, placesOf } from './plans/install-places.ts';
import { type Local, localServices } from './plans/local.ts';
import type { EngineFacts } from './plans/types.ts';
import { hostFiles } from './targets/compose-host.ts';
import { onSwarm } from './targets/swarm.ts';
import { pathOf } from './targets/swarm-findings.ts';
import { type SwarmNeeds, swarmNeeds } from './targets/swarm-needs.ts';
import { type SwarmNote, swarmNotes } from './targets/swarm-notes.ts';
import type { File, HostForm, Rendered, StoredSecret, Target, UserData } from './targets/types.ts';

export { broughtSecrets, secretFiles, services } from './catalog/index.ts';
export { authorityFiles, rackSecretFiles } from './catalog/rack-secrets.ts';
export type { BroughtSecret, Image, SecretFile, Service } from './catalog/types.ts';
export { logName, orchestratorUrl, privateName, tokenSecret } from './cluster/clouds.ts';
export { controlPlane } from './cluster/control-plane.ts';
export { type Allotment, gpusText, type HostGpus } from './cluster/gpus.ts';
export { type InstalledHost, withInstalled } from './cluster/installed.ts';
export { namesHosts } from './cluster/rack.ts';
export { resolve } from './cluster/resolve.ts';
export { clusterLabel, gpuLabel, secretName, secretPaths, secretVariable } from './cluster/swarm-names.ts';
export type { Cluster, Host, RackHost, WorkerClass } from './cluster/types.ts';
export { version } from './cluster/version.ts';
export type { ControlBoot, FetchedFile } from './configs/user-data/control.ts';
export { meetsOwnAuthority, type Offered } from './configs/user-data/rented.ts';
export { formatUnit, unitName } from './formats/unit.ts';
export { type CloudCause, causeOf, lockedBy } from './plans/cloud-causes.ts';
export { actOf, cloudStory } from './plans/cloud-story.ts';
export { thingOf } from './plans/cloud-words.ts';
export {
  composeDown,
  composeHashes,
  composeLogs,
  composeUp,
  composeUpOne,
  composeVersion,
  pullImage,
  removeVolumes,
} from './plans/compose.ts';
export { daskRunHere, daskRunInContainer } from './plans/dask.ts';
export { type EmbeddedPlace, embeddedChildren, nodeFlags } from './plans/embedded.ts';
export { buildCommand, type ImageBuild, imageBuilds, inputsLabel } from './plans/images.ts';
export {
  chooseServices,
  type InstallChoice,
  type InstallRole,
  installRoles,
  type KnownOrchestrator,
} from './plans/install.ts';
export { type InstallFacts, installFacts, lookAtHost } from './plans/install-facts.ts';
export type { InstallPlace } from './plans/install-places.ts';
export { type Unfit, unfitFor } from './plans/install-unfit.ts';
export type { Local } from './plans/local.ts';
export {
  ansiblePlaybook,
  type Playbook,
  type PlaybookRun,
  type RackEvent,
  rackEvent,
  rackPlan,
} from './plans/rack.ts';
export { composeScale } from './plans/scale.ts';
export { type Asked, isCore, type Selection, select } from './plans/selection.ts';
export { isDestination, type SshHost, sshScript, sshTunnel, type Tunnel } from './plans/ssh.ts';
export { differences, restarts } from './plans/swarm-diff.ts';
export { fitFindings } from './plans/swarm-fit.ts';
export { deployPlan, forced, type PlanLine } from './plans/swarm-plan.ts';
export { type Progress, progressOf } from './plans/swarm-progress.ts';
export { labelled, type PlacedVolume, placeVolumes, volumeJob } from './plans/swarm-volumes.ts';
export type {
  Child,
  Command,
  EngineFacts,
  Spec,
  StackRequests,
  SwarmNode,
  SwarmService,
  SwarmTask,
} from './plans/types.ts';
export type {
  CloudAct,
  CloudChange,
  CloudStory,
  CloudThing,
  CloudTrouble,
  EngineEvent,
} from './plans/types-cloud.ts';
export { jsonSchema } from './spec/json-schema.ts';
export { nearest } from './spec/nearest.ts';
export { type ParsedSpec, parseSpec } from './spec/parse.ts';
export type { ClusterSpec, Finding, Problem } from './spec/types.ts';
export { formatMemory, parseMemoryMiB, parseSeconds } from './spec/units.ts';
export { targets, usualTargets } from './targets/index.ts';
export type { ImageNeed, SwarmNeeds } from './targets/swarm-needs.ts';
export type { SwarmNote } from './targets/swarm-notes.ts';
export { joinedUnit } from './targets/systemd-joined.ts';
export type { File, Rendered, Target } from './targets/types.ts';

function storedSecrets(cluster: Cluster, files = secretFiles(cluster)): readonly StoredSecret[] {
  return [
    ...files.flatMap((file) => secretPaths(file).map((path) => ({ path, isToken: file.kind === 'token' }))),
    ...broughtSecrets(cluster).map(({ path }) => ({ path, isToken: false, isBrought: true as const })),
  ];
}

/** What each host of the rack runs and reads. */
function hostForms(cluster: Cluster): readonly HostForm[] {
  const rack = onRack(cluster);
  const all = services(rack);
  return rack.rack.hosts.map((host) => {
    const at = asUnits(all, rack, host);
    const here = all.filter(({ name }) => host.runs.includes(name));
    return { host, services: here, at, configs: configFiles(rack, at) };
  });
}

/** Images with cloud-init read the first form on any cloud; Debian's on Google Cloud has none. */
function userDataForms(cluster: Cluster, offered: Offered | null): readonly UserData[] {
  return rentedWorkers(cluster, offered ?? draft).flatMap((boot) =>
    (boot.cloud === 'gcp' ? (['cloud-config', 'script'] as const) : (['cloud-config'] as const)).map((form) => ({
      ...{ pool: boot.pool, cloud: boot.cloud, form },
      ...{ text: userData(boot, form), isDraft: offered === null },
    })),
  );
}

/** What a host of the rack runs, and where. */
export function placesOn(cluster: Cluster, name: string): readonly InstallPlace[] {
  return hostForms(cluster).flatMap((form) => (form.host.name === name ? placesOf(form) : []));
}

/**
 * Every file that the given targets make of a cluster, sorted by path, and what they could not express. User data is
 * made for who says what is `offered`.
 */
export function render(cluster: Cluster, chosen: readonly Target[], offered: Offered | null = null): Rendered {
  const all = services(cluster);
  const written: readonly Config[] = configFiles(cluster, inContainers);
  const rented = () => userDataForms(cluster, offered);
  const rendered = chosen.map((target) => {
    const files: readonly SecretFile[] = target.onDemand ? rackSecretFiles(cluster) : secretFiles(cluster);
    return target.render(cluster, all, written, storedSecrets(cluster, files), () => hostForms(cluster), rented);
  });
  // Targets share the configs, so that a path may come twice: with the same text, since they place and do not write.
  const byPath = new Map(rendered.flatMap(({ files }) => files.map((file): [string, File] => [file.path, file])));
  const files = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, findings: rendered.flatMap((result) => result.findings) };
}

export type LocalStack = Local & {
  /** What the processes read, by paths below `run/configs` of Muster's home. */
  readonly configs: readonly Config[];
  /** The ports of loopback on which each of them listens. */
  readonly ports: readonly { readonly service: string; readonly port: number }[];
};

/** The chosen services beside orchestrator and workers as local processes. */
export function localStack(
  cluster: Cluster,
  chosen: readonly Service[],
  place: LocalPlace & { readonly programs: ReadonlySet<string> },
): LocalStack {
  const at = asProcesses(services(cluster), place);
  const configs = configFiles(cluster, at);
  const local = localServices(chosen, configs, at, place.programs);
  const runs = chosen.filter(({ name }) => !local.leftOut.some(({ service }) => service === name));
  const ports = runs.flatMap((service) =>
    portsOf(service).map((port) => ({ service: service.name, port: at.listen(service.name, port) })),
  );
  return { ...local, configs, ports };
}

export type HostOverride = {
  /** By paths below Muster's home; none where this host needs none. */
  readonly files: readonly File[];
  readonly gpus: HostGpus;
  readonly allotment: Allotment;
};

/** What Compose must be told on this host beside the committed file; `sized` is the same cluster, resolved for it. */
export function hostOverride(cluster: Cluster, sized: Cluster, facts: EngineFacts): HostOverride {
  const formOf = (form: Cluster) => ({ services: services(form), configs: configFiles(form, inContainers) });
  const gpus = gpusOf(facts);
  const here = formOf(sized);
  const allotment = allot(
    here.services.filter(({ targets }) => targets.includes('compose')),
    gpus,
  );
  return { files: hostFiles(cluster, formOf(cluster), here, allotment, facts.mayRaiseLimits), gpus, allotment };
}

/** User data of the machines of a pool, in the form that its cloud reads. */
export function workerData(cluster: Cluster, pool: string, offered: Offered): string {
  const boot = rentedWorkers(cluster, offered).find((each) => each.pool === pool);
  if (boot === undefined) throw new Error(`${pool} is no pool of a cloud`);
  return userData(boot);
}

/** User data of the control plane; on Google Cloud a script, since Debian's image there has no cloud-init. */
export function controlData(boot: ControlBoot): string {
  const files = controlFiles(boot);
  const comment = 'The control plane, generated by muster. Do not edit: change cluster.yaml.';
  return boot.cloud === 'gcp' ? startupScript(files, comment, controlUnits) : cloudConfig(files, comment, controlUnits);
}

export type OnSwarm = {
  /** What must be there before `docker stack deploy`. */
  readonly needs: SwarmNeeds;
  /** What it does in another way than one machine. */
  readonly notes: readonly SwarmNote[];
  /** The key of the spec that makes a service. */
  readonly pathOf: (service: string) => readonly string[];
};

export function onSwarmOf(cluster: Cluster): OnSwarm {
  const all = onSwarm(services(cluster));
  return {
    needs: swarmNeeds(cluster, all, storedSecrets(cluster)),
    notes: swarmNotes(cluster, all),
    pathOf: (name) => {
      const service = all.find((each) => each.name === name);
      return service === undefined ? [] : pathOf(service, cluster);
    },
  };
}
