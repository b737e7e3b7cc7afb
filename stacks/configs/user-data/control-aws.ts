// How does the control plane on AWS get its files and its secret? Signed by curl, as its role may.

/** Beside the functions of every machine there. Without a body, which older versions of curl do not say to S3. */
export const awsControl = `
# OBJECT FILE
fetch_object() {
  role=$(metadata meta-data/iam/security-credentials/) || return
  keys=$(metadata "meta-data/iam/security-credentials/\${role}") || return
  printf 'user = "%s:%s"\\nheader = "X-Amz-Security-Token: %s"\\n' "$(field "\${keys}" AccessKeyId)" \\
    "$(field "\${keys}" SecretAccessKey)" "$(field "\${keys}" Token)" |
    curl -fsS -m 900 --retry 3 --config - --aws-sigv4 "aws:amz:\${MUSTER_REGION}:s3" \\
      -H 'x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' -o "$2" \\
      "\${AWS_ENDPOINT_URL:-https://s3.\${MUSTER_REGION}.amazonaws.com}/\${MUSTER_BUCKET}/$1"
}

control_secret() {
  ask secretsmanager -H 'Content-Type: application/x-amz-json-1.1' \\
    -H 'X-Amz-Target: secretsmanager.GetSecretValue' --data "{\\"SecretId\\":\\"\${MUSTER_SECRET}\\"}"
}
`;
