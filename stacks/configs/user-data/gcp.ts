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

# JSON KEY: a text without escapes
field() { printf '%s' "$1" | tr -d '\\n' | sed -n "s/.*\\"$2\\" *: *\\"\\([^\\"\\\\]*\\)\\".*/\\1/p"; }

# SERVICE PATH ARGUMENT…: what the service answers
ask() {
  service=$1 path=$2
  shift 2
  answer=$(metadata instance/service-accounts/default/token) || return
  printf 'header = "Authorization: Bearer %s"\\n' "$(field "\${answer}" access_token)" |
    curl -fsS -m 20 --retry 5 --retry-all-errors --config - "$@" \\
      "\${MUSTER_GCP_ENDPOINT:-https://\${service}.googleapis.com}\${path}"
}

class_token() {
  answer=$(ask secretmanager "/v1/\${MUSTER_TOKEN_SECRET}/versions/latest:access") || return
  field "\${answer}" data | base64 -d
}

say_joined() { :; }

say_left() { :; }

# By name: the group gets smaller with it, so that nobody comes in its place.
give_back() {
  zone=$(metadata instance/zone) && name=$(instance_name) && project=$(metadata project/project-id) || return
  group=$(metadata instance/attributes/created-by) || return
  ask compute "/compute/v1/projects/\${project}/regions/\${MUSTER_REGION}/instanceGroupManagers/\${group##*/}/deleteInstances" \\
    -H 'Content-Type: application/json' \\
    --data "{\\"instances\\":[\\"zones/\${zone##*/}/instances/\${name}\\"]}" >/dev/null
}

# A machine that is taken back is shut down at once, and stopping the agent drains it.
is_leaving() { return 1; }
`;
