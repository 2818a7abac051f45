// What may come back in place of the service's answer, and what the call ends with. Both adapters get the
// same: a status and a body.

import { ROOM } from '../../support/requests.mjs';

const room = JSON.stringify(ROOM);
const refusal = JSON.stringify({ errcode: 9, errmsg: 'not authorised' });
const unreadable = (status, problem) => `HTTP status ${status} with a body that is not the room service's: ${problem}`;
const notAnObject = (got) => unreadable(200, `body: expected an object, got ${got}`);

/** @type {Array<{ name: string, status: unknown, body: unknown, errCode?: number, says?: string }>} */
export const ANSWERS = [
  { name: 'a room', status: 201, body: room },
  { name: 'a room, parsed by the host', status: 201, body: ROOM },
  { name: 'a refusal with an error status', status: 403, body: refusal, errCode: 9, says: 'not authorised' },
  { name: 'a refusal with 500', status: 500, body: refusal, errCode: 9, says: 'not authorised' },
  {
    name: 'a refusal, parsed by the host',
    status: 403,
    body: JSON.parse(refusal),
    errCode: 9,
    says: 'not authorised',
  },
  {
    name: '500 without a body of the service',
    status: 500,
    body: 'oops',
    errCode: 1002,
    says: 'HTTP status 500 without a body of the room service',
  },
  {
    name: '500 with a room',
    status: 500,
    body: room,
    errCode: 1002,
    says: 'HTTP status 500 without a body of the room service',
  },
  {
    name: 'a code of a later version',
    status: 403,
    body: JSON.stringify({ errcode: 99, errmsg: 'news' }),
    errCode: 1003,
    says: 'news (errcode 99, which this version does not know)',
  },
  { name: 'no JSON', status: 200, body: '<html>', errCode: 1003, says: notAnObject("the string '<html>'") },
  { name: 'nothing', status: 200, body: '', errCode: 1003, says: notAnObject('an empty string') },
  { name: 'JSON null', status: 200, body: 'null', errCode: 1003, says: notAnObject('nothing') },
  { name: 'a body that is undefined', status: 200, body: undefined, errCode: 1003, says: notAnObject('nothing') },
  { name: 'an array', status: 200, body: '[]', errCode: 1003, says: notAnObject('an array') },
  { name: 'a body that is a number', status: 200, body: 7, errCode: 1003, says: notAnObject('7') },
  {
    name: 'ten megabytes',
    status: 200,
    body: 'x'.repeat(1e7),
    errCode: 1003,
    says: notAnObject('a string of 10000000 characters'),
  },
  {
    name: 'a room without an id',
    status: 200,
    body: '{"chargeType":"license"}',
    errCode: 1003,
    says: unreadable(200, 'roomId: expected a non-empty string, got nothing'),
  },
  {
    name: 'a room with a new kind of billing',
    status: 201,
    body: '{"roomId":"r","chargeType":"free"}',
    errCode: 1003,
    says: unreadable(201, "chargeType: expected 'duration' or 'license', got the string 'free'"),
  },
  ...[undefined, null, '201', NaN, 0, 99, 700, {}].map((status) => ({
    name: `a status that is ${typeof status} ${status}`,
    status,
    body: room,
    errCode: 1002,
    says: 'the request to http://room.test failed: the host gave a response without an HTTP status',
  })),
];
