// How does a machine of AWS ask for what its role may? By curl, which signs (SigV4) what it sends.

/**
 * Functions of sh that the scripts of every cloud have. Credentials go to curl by standard input, since every process
 * sees arguments. AWS_ENDPOINT_URL, as the tools of AWS read it, replaces the addresses of their services.
 */
export const awsFunctions = `
metadata() {
  session=$(curl -fsS -m 5 --retry 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' \\
    http://169.254.169.254/latest/api/token) || return
  curl -fsS -m 5 --retry 5 -H "X-aws-ec2-metadata-token: \${session}" "http://169.254.169.254/latest/$1"
}

instance_name() { metadata meta-data/instance-id; }

worker_name() {
  name=$(instance_name) || return
  echo "\${MUSTER_POOL}-\${name}"
}

# JSON KEY: a text without escapes
field() { printf '%s' "$1" | tr -d '\\n' | sed -n "s/.*\\"$2\\" *: *\\"\\([^\\"\\\\]*\\)\\".*/\\1/p"; }

# SERVICE ARGUMENT…: what the service answers
ask() {
  service=$1
  shift
  role=$(metadata meta-data/iam/security-credentials/) || return
  keys=$(metadata "meta-data/iam/security-credentials/\${role}") || return
  printf 'user = "%s:%s"\\nheader = "X-Amz-Security-Token: %s"\\n' "$(field "\${keys}" AccessKeyId)" \\
    "$(field "\${keys}" SecretAccessKey)" "$(field "\${keys}" Token)" |
    curl -fsS -m 20 --retry 3 --config - --aws-sigv4 "aws:amz:\${MUSTER_REGION}:\${service}" "$@" \\
      "\${AWS_ENDPOINT_URL:-https://\${service}.\${MUSTER_REGION}.amazonaws.com}/"
}

class_token() {
  answer=$(ask secretsmanager -H 'Content-Type: application/x-amz-json-1.1' \\
    -H 'X-Amz-Target: secretsmanager.GetSecretValue' --data "{\\"SecretId\\":\\"\${MUSTER_TOKEN_SECRET}\\"}") || return
  field "\${answer}" SecretString
}

# RESULT HOOK: a group waits for this at the beginning and at the end; it asks nobody twice
hook() {
  name=$(instance_name) || return
  ask autoscaling --data Version=2011-01-01 --data Action=CompleteLifecycleAction \\
    --data "AutoScalingGroupName=\${MUSTER_GROUP}" --data "InstanceId=\${name}" \\
    --data "LifecycleHookName=$2" --data "LifecycleActionResult=$1" >/dev/null
}

say_ready() { hook CONTINUE muster-launch || say 'no hook was waiting'; }

say_left() { hook CONTINUE muster-terminate || say 'no hook was waiting'; }

# The group gets smaller with it, so that nobody comes in its place. Below its minimum the group refuses.
give_back() {
  name=$(instance_name) || return
  ask autoscaling --data Version=2011-01-01 --data Action=TerminateInstanceInAutoScalingGroup \\
    --data "InstanceId=\${name}" --data ShouldDecrementDesiredCapacity=true >/dev/null
}

# What its group wants of it
wanted() { metadata meta-data/autoscaling/target-lifecycle-state 2>/dev/null; }

# Prepared for later, it is stopped as soon as it is ready, and starts again when it is needed.
is_warming() {
  case $(wanted) in Warmed:*) ;; *) return 1 ;; esac
}

# A spot machine is told two minutes before, one that its group ends as soon as the hook waits.
is_leaving() {
  ! metadata meta-data/spot/instance-action >/dev/null 2>&1 || return 0
  [ "$(wanted)" = Terminated ]
}
`;

/** Beside them, for workers. One stream for each machine, which the first record does not find. */
export const awsLog = `
# ACTION MORE
log() {
  ask logs -H 'Content-Type: application/x-amz-json-1.1' -H "X-Amz-Target: Logs_20140328.$1" \\
    --data "{\\"logGroupName\\":\\"\${MUSTER_LOG}\\",\\"logStreamName\\":\\"\${name}\\"$2}"
}

# What comes by standard input
record() {
  name=$(instance_name) || return
  events=",\\"logEvents\\":[{\\"timestamp\\":$(date +%s%3N),\\"message\\":\\"$(json_text)\\"}]"
  log PutLogEvents "\${events}" || { log CreateLogStream ''; log PutLogEvents "\${events}"; }
}
`;
