// How does the control plane on Google Cloud get its files and its secret? By the token of its account.

/** Beside the functions of every machine there. */
export const gcpControl = `
# OBJECT FILE
fetch_object() { ask storage "/storage/v1/b/\${MUSTER_BUCKET}/o/$1?alt=media" -m 900 -o "$2"; }

control_secret() { ask secretmanager "/v1/\${MUSTER_SECRET}/versions/latest:access"; }
`;
