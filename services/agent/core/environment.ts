// Which environment does a job get? Built from nothing: no token and no variable of the agent's own (reliability g).

export type Inherit = 'clean' | 'image';
type Environment = Readonly<Record<string, string | undefined>>;

const machineNames = /^(PATH|LANG|LANGUAGE|LC_.*|TZ|LD_LIBRARY_PATH|CUDA_.*|NVIDIA_.*|ROCM_.*|HIP_.*|HSA_.*)$/;
const agentNames =
  /^(MUSTER_.*|SIMPLETUNER_.*|SERVER_URL|WORKER_ID|NODE_.*|HOSTNAME|NOTIFY_SOCKET|WATCHDOG_.*|CREDENTIALS_DIRECTORY)$/;

export type JobPlace = {
  readonly marker: string;
  readonly job: string;
  readonly worker: string;
  readonly work: string;
  readonly tmp: string;
  readonly progressFile: string;
  /** What makes the GPUs of the lease visible, and no others. */
  readonly gpuVariables: Readonly<Record<string, string>>;
};

/**
 * `clean` passes on what tells about the machine and the names in `passOn`; `image` everything but the agent's own.
 * The job's own variables win over both, and what the lease decides wins over all.
 */
export const jobEnvironment = (
  agent: Environment,
  inherit: Inherit,
  passOn: readonly string[],
  ofJob: Readonly<Record<string, string>>,
  place: JobPlace,
): Record<string, string> => {
  const passed = ([name, value]: [string, string | undefined]): boolean =>
    value !== undefined &&
    (passOn.includes(name) || (inherit === 'clean' ? machineNames.test(name) : !agentNames.test(name)));
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...(Object.fromEntries(Object.entries(agent).filter(passed)) as Record<string, string>),
    HOME: place.work,
    TMPDIR: place.tmp,
    ...ofJob,
    MUSTER_ATTEMPT: place.marker,
    MUSTER_JOB_ID: place.job,
    MUSTER_WORKER: place.worker,
    MUSTER_PROGRESS_FILE: place.progressFile,
    ...place.gpuVariables,
  };
};
