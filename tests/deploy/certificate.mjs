// A certificate for `localhost`, made for one run by openssl.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * @param {string} directory where its files are made
 * @returns {Promise<{ certificate: string, key: string }>} their paths
 */
export async function createCertificate(directory) {
  const certificate = join(directory, 'certificate.pem');
  const key = join(directory, 'key.pem');
  const names = 'subjectAltName=DNS:localhost';
  const what = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '1'];
  const who = ['-subj', '/CN=localhost', '-addext', names];
  await promisify(execFile)('openssl', ['req', ...what, ...who, '-keyout', key, '-out', certificate]);
  return { certificate, key };
}
