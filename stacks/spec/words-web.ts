// Which texts name places on a network, and what people see there? One rule per kind of text.
import { type TextRule, unprintable } from './words.ts';

/** A host name (RFC 1123) of several labels or one, in lower case; no address, no wildcard. */
export const hostNameRule: TextRule = {
  pattern:
    /^(?=.{1,253}$)(?!\d+(?:\.\d+){3}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
  expected: 'a host name in lower case, such as ai.example.org',
  remedy: 'write the name that stands in the address bar, without https:// and without a path',
};

export const hostPortRule: TextRule = {
  pattern: /^(?=.{1,260}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:[1-9]\d{0,4}$/,
  expected: 'a host name with a port, such as mail.example.org:587',
  remedy: 'add the port after a colon',
};

export const emailRule: TextRule = {
  pattern: /^(?=.{3,254}$)[A-Za-z0-9._+-]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
  expected: 'an e-mail address',
  remedy: 'write it as name@example.org',
};

export const titleRule: TextRule = {
  pattern: new RegExp(`^[^${unprintable}$"'\\\\{}<>\`]{1,100}$`, 'u'),
  expected: 'text of at most 100 characters without control characters, quotes, $, braces and angle brackets',
  remedy: 'use plain words',
};

export const httpsUrlRule: TextRule = {
  pattern: /^https:\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/,
  expected: 'an address that starts with https://',
  remedy: 'write it out in full',
};

export const registryRule: TextRule = {
  pattern: /^(?=.{1,200}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/,
  expected: 'a registry such as registry.example.org:5000/team',
  remedy: 'write host and port, without https://',
};

/** What `docker --host` takes. */
export const engineUrlRule: TextRule = {
  pattern: /^(?:ssh:\/\/[A-Za-z0-9._@-]+(?::\d{1,5})?|tcp:\/\/[A-Za-z0-9.-]+:\d{1,5}|unix:\/\/\/[A-Za-z0-9._/-]+)$/,
  expected: 'the address of an engine: ssh://user@host, tcp://host:port or unix:///path',
  remedy: 'write what docker --host would take',
};

/** What services listen on and certificates name; no host name, which may mean another machine to each reader. */
export const addressRule: TextRule = {
  pattern: /^(?!0)(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/,
  expected: 'an IPv4 address such as 10.0.0.11',
  remedy: 'write the address under which the other hosts reach it',
};

/** Of a private range (RFC 1918 and 6598). */
export const subnetRule: TextRule = {
  pattern:
    /^(?=.{1,18}$)(?:10\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){2}\/(?:1[6-9]|2\d|30)$/,
  expected: 'a private IPv4 network from /16 to /30, such as 10.90.0.0/16',
  remedy: 'write its first address, a slash and the length of its prefix',
};

/** `none`, or an IPv4 address with a port. */
export const endpointRule: TextRule = {
  pattern:
    /^(?:none|(?!0)(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d):(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))$/,
  expected: 'an IPv4 address with a port, such as 203.0.113.7:51820, or none',
  remedy: 'write where the other hosts reach it from outside',
};

/** As useradd takes it. */
export const userRule: TextRule = {
  pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
  expected: 'the name of a user',
  remedy: 'write the one that signs in over SSH, for example root',
};
