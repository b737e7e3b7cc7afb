// Which texts may stand in a spec? One rule per kind of text: its pattern, what to expect, and what to do instead.

/** What no text may contain: C0, DEL, C1, line separators, bidirectional controls, lone surrogates. */
export const unprintable =
  '\\u0000-\\u001F\\u007F-\\u009F\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069\\uD800-\\uDFFF';

export type TextRule = { readonly pattern: RegExp; readonly expected: string; readonly remedy: string };

/**
 * A DNS-1123 label (RFC 1123) that starts with a letter, so that it fits every target and no reader takes it for a
 * number; the words that YAML 1.1 reads as true, false or null are left out.
 */
export const nameRule: TextRule = {
  pattern: /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  expected: 'a name of a-z, 0-9 and inner hyphens that starts with a letter, at most 63 long, no word like yes or no',
  remedy: 'rename it, for example worker-01',
};

export const labelKeyRule: TextRule = {
  pattern: /^[A-Za-z0-9._/-]{1,63}$/,
  expected: 'a label key of A-Z a-z 0-9 . _ / -, at most 63 long',
  remedy: 'rename the label',
};

export const labelValueRule: TextRule = {
  pattern: new RegExp(`^[^${unprintable}]{0,255}$`, 'u'),
  expected: 'text of at most 255 characters without control characters',
  remedy: 'put the value in quotes, on one line',
};

export const environmentNameRule: TextRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,254}$/,
  expected: 'a variable name of A-Z a-z 0-9 _ that does not start with a digit',
  remedy: 'rename the variable',
};

export const environmentValueRule: TextRule = {
  pattern: new RegExp(`^[^${unprintable}]{0,4096}$`, 'u'),
  expected: 'text of at most 4096 characters without control characters',
  remedy: 'put the value in quotes, on one line; longer text belongs into an input file',
};

/** A reference with a tag, a digest or both (distribution/reference grammar); `latest` is refused. */
export const imageRule: TextRule = {
  pattern:
    /^(?=.{1,255}$)(?!.*:latest(?:@|$))[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:@sha256:[a-f0-9]{64})?|@sha256:[a-f0-9]{64})$/,
  expected: 'an image with an exact tag or digest, such as python:3.13-slim-bookworm',
  remedy: 'name the version: what "latest" means changes under a running cluster',
};

/** As Dask takes it in --resources, where `=`, `,` and blanks separate. */
export const resourceNameRule: TextRule = {
  pattern: /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
  expected: 'a resource name of A-Z a-z 0-9 _ - that starts with a letter',
  remedy: 'rename it, for example GPU',
};

/** `[host[:port]/][namespace/]name:tag`; the tag must be there, because what "latest" means changes. */
export const modelRule: TextRule = {
  pattern:
    /^(?=.{1,200}$)(?!.*:latest$)(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?\/)?(?:[A-Za-z0-9][A-Za-z0-9._-]*\/)?[A-Za-z0-9][A-Za-z0-9._-]*:[A-Za-z0-9_][A-Za-z0-9._-]*$/,
  expected: 'a model with its tag, such as qwen3:4b',
  remedy: 'write name:tag as the model library shows it',
};

/** A path that reaches generated files; `~` and variables would mean something else to each reader. */
export const hostPathRule: TextRule = {
  pattern: new RegExp(`^(?![~-])[^${unprintable}$:;"'\`\\\\]{1,1024}$`, 'u'),
  expected: 'a path without control characters, quotes, $, : and ;, that does not start with ~ or -',
  remedy: 'write it out in full, or relative to cluster.yaml',
};
