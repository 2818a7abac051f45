// Has the service sign what wx.joinVoIPChat takes of a user.

import assert from 'node:assert/strict';

/** The operator's, of a service that a test starts. */
export const ADMIN_KEY = 'a-key-of-the-tests-that-nobody-else-has';

/** base64 of 16 bytes; it opens nothing. */
export const SESSION_KEY = 'gDyVgzwa0mFz9uUP7M6GQQ==';

/** @param {{ id: string, token: string }} user */
export async function storeSessionKey({ endpoint }, { id, token }) {
  const { iss } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const response = await fetch(`${endpoint}/v1/admin/apps/${iss}/users/${id}/session-key`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sessionKey: SESSION_KEY }),
  });
  assert.equal(response.status, 204, await response.text());
}
