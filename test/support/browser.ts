// How does a test look at a page as a person does? A real Chromium without a window.
import { createHash, type X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { type Browser, chromium, type Page } from 'playwright-core';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Why there is no browser to test with, or null. */
export const whyNoBrowser = program === undefined ? 'Chromium is absent' : null;

/** The certificate that `address` shows, once the authority in `authorityFile` vouches for it; throws otherwise. */
function vouchedFor(address: string, authorityFile: string): Promise<X509Certificate> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: Number(port), servername: hostname, ca: readFileSync(authorityFile) };
    const socket = connect(options, () => {
      const shown = socket.getPeerX509Certificate();
      socket.destroy();
      if (shown === undefined) reject(new Error('no certificate'));
      else resolve(shown);
    });
    socket.once('error', reject);
  });
}

/** A browser that trusts the certificate of `address`, which the authority in `authorityFile` has signed. */
export async function openBrowser(address: string, authorityFile: string): Promise<Browser> {
  const { publicKey } = await vouchedFor(address, authorityFile);
  const key = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  return chromium.launch({
    executablePath: program ?? '',
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // Chromium reads the machine's list of authorities only from a profile made by hand.
      `--ignore-certificate-errors-spki-list=${key}`,
    ],
  });
}

/** The different texts that `read` saw on the page until one holds `last`. */
export async function textsUntil(page: Page, read: () => Promise<string>, last: string): Promise<readonly string[]> {
  const seen: string[] = [];
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const text = await read();
    if (text !== '' && seen.at(-1) !== text) seen.push(text);
    if (text.includes(last)) return seen;
    await page.waitForTimeout(30);
  }
  throw new Error(`"${last}" did not appear; seen: ${JSON.stringify(seen.slice(-3))}`);
}

/**
 * Goes to `url` and waits for what `selector` names. Chromium drops every request in flight when a network interface of
 * the machine comes or goes, as containers beside it make them do: then it goes there again.
 */
export async function arrive(page: Page, url: string, selector: string): Promise<void> {
  let dropped = true;
  page.on('requestfailed', (request) => {
    dropped ||= request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED';
  });
  for (let attempt = 1; dropped && attempt <= 6; attempt += 1) {
    dropped = false;
    try {
      await page.goto(url);
      await page.waitForSelector(selector, { timeout: 20_000 });
      return;
    } catch (error) {
      if (!dropped) throw error;
    }
  }
  throw new Error(`the networks of this machine never stood still long enough for ${url}`);
}
