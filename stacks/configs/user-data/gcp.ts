// How does a machine of Google Cloud ask for what its account may? By curl, with the token that the metadata service gives.

/**
 * The same functions of sh as those of AWS. The token goes to curl by standard input. MUSTER_GCP_ENDPOINT replaces the
 * addresses of the services.
 */
export const gcpFunctions = `
metadata() {
  curl -fsS -m 5 --retry 5 -H 'Metadata-Flavor: Google' "http://metadata.google.internal/computeMetadata/v1/$1"
}

instance_name() { metadata instance/name; }

# Its name begins with that of its group, unless the cloud has cut that off.
worker_name() {
  name=$(instance_name) || return
  rest=\${name#"\${MUSTER_GROUP}-"}
  [ "\${rest}" != "\${name}" ] || rest=\${name##*-}
  echo "\${MUSTER_POOL}-\${rest}"
}

# JSON KEY: a text without escapes
field() { printf '%s' "$1" | tr -d '\\n' | sed -n "s/.*\\"$2\\" *: *\\"\\([^\\"\\\\]*\\)\\".*/\\1/p"; }

# SERVICE PATH ARGUMENT…: what the service answers
ask() {
  service=$1 path=$2
  shift 2
  answer=$(metadata instance/service-accounts/default/token) || return
  printf 'header = "Authorization: Bearer %s"\\n' "$(field "\${answer}" access_token)" |
    curl -fsS -m 20 --retry 3 --config - "$@" "\${MUSTER_GCP_ENDPOINT:-https://\${service}.googleapis.com}\${path}"
}

class_token() {
  answer=$(ask secretmanager "/v1/\${MUSTER_TOKEN_SECRET}/versions/latest:access") || return
  field "\${answer}" data | base64 -d
}

say_ready() { :; }

say_left() { :; }

# By name: the group gets smaller with it, so that nobody comes in its place. It knows no minimum of its own.
give_back() {
  zone=$(metadata instance/zone) && name=$(instance_name) && project=$(metadata project/project-id) || return
  group=$(metadata instance/attributes/created-by) || return
  group=\${group##*/}
  path=/compute/v1/projects/\${project}/regions/\${MUSTER_REGION}/instanceGroupManagers/\${group}
  answer=$(ask compute "\${path}") || return
  size=$(printf '%s' "\${answer}" | tr -d '\\n' | sed -n 's/.*"targetSize" *: *\\([0-9][0-9]*\\).*/\\1/p')
  least=\${MUSTER_MIN}
  [ "\${group}" = "\${MUSTER_GROUP}" ] || least=\${MUSTER_MIN_ON_DEMAND}
  [ "\${size:-0}" -gt "\${least}" ] || return
  ask compute "\${path}/deleteInstances" -H 'Content-Type: application/json' \\
    --data "{\\"instances\\":[\\"zones/\${zone##*/}/instances/\${name}\\"]}" >/dev/null
}

is_warming() { return 1; }

# A machine that is taken back is shut down at once, and stopping the agent drains it.
is_leaving() { return 1; }
`;

/** Beside them, for workers. Under the machine itself, where people look for what it said. */
export const gcpLog = `
# What comes by standard input
record() {
  number=$(metadata instance/id) && name=$(instance_name) && zone=$(metadata instance/zone) || return
  project=\${MUSTER_LOG#projects/} place=",\\"zone\\":\\"\${zone##*/}\\",\\"project_id\\":\\"\${project%%/*}\\""
  ask logging /v2/entries:write -H 'Content-Type: application/json' --data "{\\"logName\\":\\"\${MUSTER_LOG}\\",
    \\"resource\\":{\\"type\\":\\"gce_instance\\",\\"labels\\":{\\"instance_id\\":\\"\${number}\\"\${place}}},
    \\"labels\\":{\\"pool\\":\\"\${MUSTER_POOL}\\",\\"instance\\":\\"\${name}\\"},
    \\"entries\\":[{\\"textPayload\\":\\"$(json_text)\\"}]}"
}
`;
