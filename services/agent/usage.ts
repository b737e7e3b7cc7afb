// What does `muster-agent --help` say?

export const usage = `muster-agent: runs jobs for a Muster orchestrator

  muster-agent [flags]     register, take offers, run jobs
  muster-agent health      ask a running agent; exit code 0 when it is well
  muster-agent ended       after each end, for ExecStopPost= of its unit: note how it ended, tell when it keeps failing
  muster-agent gpus [N]    list the GPUs that it would offer: all, none, or at most N
  muster-agent job-units PEER   as root, for muster-job-units@.service: answer one request for the unit of a job
  muster-agent update PEER      as root, for muster-agent-update@.service: make the agent that asks another release
  muster-agent update-own …     the same by the user of an agent that belongs to no service of the machine

flags (each beats its variable)
  --orchestrator-url URL   MUSTER_ORCHESTRATOR_URL, SIMPLETUNER_ORCHESTRATOR_URL, SERVER_URL; also --server-url
  --name NAME              MUSTER_WORKER_NAME, SIMPLETUNER_WORKER_NAME, WORKER_ID; also --worker-id
  --token-file FILE        MUSTER_TOKEN_FILE: secret of the class, or the worker's own token
  --worker-token TOKEN     MUSTER_WORKER_TOKEN, SIMPLETUNER_WORKER_TOKEN: others may see it, prefer the file
  -v, --verbose            say more
  --version, --help

variables
  MUSTER_INVITE_FILE       file with an invite, which is exchanged once for a token of its own (in MUSTER_STATE)
  MUSTER_CA_FILE           certificate of the authority (PEM) that alone may have signed the orchestrator's
  MUSTER_ALLOW_PLAIN_HTTP  1: a public address may be called without TLS, where others can read the token
  MUSTER_WORKER_CLASS      the class that the secret belongs to
  MUSTER_LABELS            JSON object, such as {"size":"large"}
  MUSTER_CPUS, MUSTER_MEMORY_MIB, MUSTER_GPUS (auto, none, a count): at most so much for jobs; auto leaves out
                           GPUs that are a part of the CPU, a count takes them when there are too few cards
  MUSTER_MAX_RESTART_ATTEMPTS  after so many bad ends in a row the worker shows as failing (3)
  MUSTER_DRAIN_SECONDS     on SIGTERM jobs may finish for so long (30)
  MUSTER_STATE             folder for identity, jobs and unsent results (~/.local/state/muster-agent)
  MUSTER_HEALTH            host:port of /health and /metrics (127.0.0.1:50052); port 0 takes a free one,
                           which is written to the file "health" in the state folder
  MUSTER_JOB_INHERIT       clean: jobs get PATH, LANG, LC_*, TZ, LD_LIBRARY_PATH, CUDA_*, NVIDIA_*,
                           ROCM_*, HIP_*, HSA_*
                           image: everything but the agent's own variables
  MUSTER_JOB_ENVIRONMENT   names of variables that jobs get as well
  MUSTER_ISOLATION         auto: a unit of its own for each job where muster-job-units.socket is, else a cgroup;
                           or process-group to leave both alone
`;
