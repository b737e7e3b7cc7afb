// Which texts name things of a cloud? One rule per kind of text.
import type { TextRule } from './words.ts';

/** `eu-west-1`, `us-gov-east-1` (AWS); `europe-west1`, `us-central1` (GCP). */
export const regionRule: TextRule = {
  pattern: /^[a-z]{2,12}(?:-[a-z]{2,12}){1,2}-?[1-9]\d?$/,
  expected: 'a region such as eu-west-1 (aws) or europe-west1 (gcp)',
  remedy: 'write it as the cloud names it',
};

/** `eu-west-1a` (AWS), `europe-west1-b` (GCP). */
export const zoneRule: TextRule = {
  pattern: /^[a-z]{2,12}(?:-[a-z]{2,12}){1,2}-?[1-9]\d?-?[a-z]$/,
  expected: 'a zone such as eu-west-1a (aws) or europe-west1-b (gcp)',
  remedy: 'write it in full, with its region',
};

/** `g6.xlarge` (AWS); `g2-standard-4`, `n1-standard-4+nvidia-tesla-t4` (GCP, with the card that is attached). */
export const instanceTypeRule: TextRule = {
  pattern: /^[a-z][a-z0-9]{0,15}(?:[.-][a-z0-9]{1,20}){1,3}(?:\+[a-z0-9]+(?:-[a-z0-9]+){1,4})?$/,
  expected: 'a machine type such as g6.xlarge (aws) or g2-standard-4 (gcp)',
  remedy: 'write it as the cloud names it; on gcp an attached card follows a +, as n1-standard-4+nvidia-tesla-t4',
};

/** `ami-0123…` (AWS); `projects/p/global/images/i` or `…/images/family/f` (GCP). */
export const hostImageRule: TextRule = {
  pattern:
    /^(?:ami-[0-9a-f]{8,17}|projects\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/global\/images\/(?:family\/)?[a-z][a-z0-9-]{0,62})$/,
  expected:
    'an image such as ami-0123456789abcdef0 (aws) or projects/debian-cloud/global/images/family/debian-12 (gcp)',
  remedy: 'write the id of an image with systemd 252 or newer, or leave it out',
};

/** A VPC of AWS by its id, a network of GCP by its name; `new`: one of its own; `default`: that of the account. */
export const networkRule: TextRule = {
  pattern: /^(?:vpc-[0-9a-f]{8,17}|[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/,
  expected: 'new, default, or a network: vpc-… (aws), its name (gcp)',
  remedy: 'write new for a network of its own',
};

export const subnetRule: TextRule = {
  pattern: /^(?:subnet-[0-9a-f]{8,17}|[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/,
  expected: 'a subnet: subnet-… (aws), its name (gcp)',
  remedy: 'write it as the cloud names it',
};

export const projectRule: TextRule = {
  pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  expected: 'the id of a project: 6 to 30 of a-z, 0-9 and hyphens',
  remedy: 'write what `gcloud projects list` shows as PROJECT_ID',
};

/** A certificate that the load balancer shows: of ACM by its ARN, of GCP by its name. */
export const cloudCertificateRule: TextRule = {
  pattern:
    /^(?:arn:aws[a-z-]{0,10}:acm:[a-z0-9-]{5,25}:\d{12}:certificate\/[0-9a-f-]{36}|[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$/,
  expected: 'a certificate: arn:aws:acm:… (aws), its name (gcp)',
  remedy: 'leave it out: then the orchestrator shows a certificate of the local authority, which workers pin',
};

export const clockRule: TextRule = {
  pattern: /^(?:[01]\d|2[0-3]):[0-5]\d$/,
  expected: 'a time of day such as "08:30"',
  remedy: 'write hours and minutes in quotes',
};

export const timeZoneRule: TextRule = {
  pattern: /^(?:UTC|[A-Z][A-Za-z_]{1,20}(?:\/[A-Z][A-Za-z_+-]{1,30}){1,2})$/,
  expected: 'a time zone such as Europe/Madrid or UTC',
  remedy: 'write a name of the IANA time zone database',
};
